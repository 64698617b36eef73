"""The query files of the Rust pack."""
