"""YAML and JSON that people write: read with the place of each value, changed without touching the rest."""
