"""The Rust language pack: see README.md."""
