"""The MCP server, by its official client."""
