"""From answers to facts, and from facts to the decision of each connection."""
