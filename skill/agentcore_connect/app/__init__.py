"""The application layer: one interview session, and the result of each command as data."""
