"""The graph in other tools' formats. Each module writes one format from a snapshot and knows nothing of files."""
