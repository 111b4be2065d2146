"""Collects what can be read before deciding: the project, API documents, tool definitions."""
