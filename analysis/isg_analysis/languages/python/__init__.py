"""The Python language pack: start at README.md beside this file."""
