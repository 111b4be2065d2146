"""AgentCore CLI 1.x as its source says it works: its project file, a model of its commands, every plan run by it."""
