"""Renders a plan as text and files."""
