"""The Agent Skill: where coding assistants look for it, what it consists of, and how it is put there and taken away."""
