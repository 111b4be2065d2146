"""The same engine as an MCP server: tools, forms and resources over what the commands do; no rule of its own."""
