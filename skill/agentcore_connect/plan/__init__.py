"""From a decision to a plan: what is asked of whom, in which order, and what must hold afterwards."""
