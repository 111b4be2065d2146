"""Reads API documents, code and tool definitions within limits, without executing anything."""
