"""Meaning of names in Rust: start in `resolver.py`."""
