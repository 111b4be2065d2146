"""Loads the knowledge files: trees, tables, questions, and hints about addresses."""
