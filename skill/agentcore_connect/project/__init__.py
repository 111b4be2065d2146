"""Reads an AgentCore project: what is declared, what is deployed, which framework the agent uses."""

from agentcore_connect.project.answers import answers_from_project, target_in_project
from agentcore_connect.project.model import Gateway, Project, Target
from agentcore_connect.project.reader import find_root, read_project, undeclared_project

__all__ = [
    "Gateway",
    "Project",
    "Target",
    "answers_from_project",
    "find_root",
    "read_project",
    "target_in_project",
    "undeclared_project",
]
