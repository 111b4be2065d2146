"""`check`: a written plan held against the real tools, in a scratch place."""
