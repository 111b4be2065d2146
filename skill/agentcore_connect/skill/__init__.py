"""The Agent Skill: its files, its references, and its installation for coding assistants."""
