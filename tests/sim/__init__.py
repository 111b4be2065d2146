"""Stand-ins on 127.0.0.1 for an AgentCore gateway and for AgentCore Identity; nothing here ever calls AWS."""
