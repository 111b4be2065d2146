"""The interview as pure functions: the next question, and views for front ends."""

from agentcore_connect.interview.look_ahead import Progress, ahead, progress
from agentcore_connect.interview.walk import (
    Asked,
    Choice,
    Gap,
    State,
    advice_of,
    choices,
    closed_values,
    key_of,
    pending_questions,
    refusal,
    state,
    unused,
    waiting,
)

__all__ = [
    "Asked",
    "Choice",
    "Gap",
    "Progress",
    "State",
    "advice_of",
    "ahead",
    "choices",
    "closed_values",
    "key_of",
    "pending_questions",
    "progress",
    "refusal",
    "state",
    "unused",
    "waiting",
]
