"""Turns answers into facts, and the facts of each connection into a decision."""
