"""A deployed gateway, tried in the way in which an agent uses it: found, authorized, listed, searched, called."""
