"""Advice and working artifacts for connecting an AgentCore agent to tools, services and APIs."""

from typing import Final

__all__ = ["__version__"]

__version__: Final = "0.1.0"
