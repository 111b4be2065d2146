"""Tries a deployed gateway as an agent uses it, and carries out written plans."""
