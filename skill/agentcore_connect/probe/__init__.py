"""Asks live servers: an MCP server's tools and auth, an identity provider's metadata."""
