"""The front ends, one module a command; none of them holds a rule."""
