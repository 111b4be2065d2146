"""Reads the inputs of a decision: the project, API documents, tool definitions."""
