"""Programs that run inside the sandbox, each with one file of a plan."""
