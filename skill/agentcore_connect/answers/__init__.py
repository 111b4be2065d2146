"""The answers file: reading it with positions, keeping secrets out of it, changing it, saving it."""
