"""Compares the tools on this machine with the needs of plans."""
