"""The decision engine: pure functions over data, no input or output, no knowledge of any service."""

from agentcore_connect.engine.conditions import Condition, compile_condition, holds
from agentcore_connect.engine.tree import End, Engine, Fired, Unavailable

__all__ = ["Condition", "End", "Engine", "Fired", "Unavailable", "compile_condition", "holds"]
