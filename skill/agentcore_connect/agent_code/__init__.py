"""The edit that gives an existing agent its tools: what the code is like, where it changes, and the patch."""
