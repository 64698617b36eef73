"""The part of analysis that does I/O: discovery, indexing, storage, snapshots."""
