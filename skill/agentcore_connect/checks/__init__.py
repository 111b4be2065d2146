"""Checks of artifacts and written plans, and the scratch place they run in."""
