agentcore-connect: http://127.0.0.1:9116/mcp: gives no whole list of tools: nothing answers at that address (connection refused)
