"""The skill as a coding assistant meets it."""
