"""Query files: the only place that names node types of the grammar."""
