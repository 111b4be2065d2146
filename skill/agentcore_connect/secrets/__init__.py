"""Finds what looks like a secret, by name, by form and by randomness, and keeps it out of every text."""

from agentcore_connect.secrets.search import CODE, find, looks_like_secret, redact, scan

__all__ = ["CODE", "find", "looks_like_secret", "redact", "scan"]
