"""Agreement: how far isg's bindings are those of a compiler-grade indexer. See `__main__`."""
