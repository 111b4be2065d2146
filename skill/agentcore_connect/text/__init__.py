"""Reads YAML and JSON with the place of each value, and edits YAML without changing the rest."""
