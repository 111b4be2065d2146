"""Turns decisions into a plan: the steps in order, and the state that they promise."""
