"""Takes error messages and logs apart: AWS errors, HTTP answers, OAuth and JSON-RPC errors, tracebacks, commands."""
