"""Stand-ins used while a plan's files run: the gateway, an HTTP server, the CLI."""
