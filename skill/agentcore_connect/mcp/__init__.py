"""The MCP server: tools, forms and resources over the application layer, without rules."""
