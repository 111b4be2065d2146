"""The contracts of the AgentCore CLI and the AWS API as data, and their comparison with installed versions."""
