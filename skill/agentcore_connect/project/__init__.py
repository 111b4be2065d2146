"""Reads an AgentCore project: what is declared, what is deployed, which framework the agent uses."""
