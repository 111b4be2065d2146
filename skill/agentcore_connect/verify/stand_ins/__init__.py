"""What stands in for the world while a plan's files run: the gateway, identity, HTTP, the CLI."""
