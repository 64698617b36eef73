"""The specification harness: Markdown files in, pytest items out. See tests/specs/README.md for the form."""
