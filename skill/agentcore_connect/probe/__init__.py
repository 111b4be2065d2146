"""What a live server tells when asked: an MCP server's tools and auth, an identity provider's metadata."""
