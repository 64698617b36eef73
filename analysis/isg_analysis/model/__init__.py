"""The words everything is said in: symbols, occurrences, relations, facts. Imports nothing of ours."""
