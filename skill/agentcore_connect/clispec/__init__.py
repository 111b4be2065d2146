"""What the AgentCore CLI and the AWS API accept, as data, and whether what is installed here still agrees."""
