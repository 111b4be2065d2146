"""Checks a written plan with the real tools in a scratch folder."""
