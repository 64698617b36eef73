"""Tests of the graph over a session of edits."""
