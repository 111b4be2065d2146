"""Finds secrets by name, form and randomness, and redacts them."""

from agentcore_connect.secrets.search import CODE, find, looks_like_secret, redact, scan

__all__ = ["CODE", "find", "looks_like_secret", "redact", "scan"]
