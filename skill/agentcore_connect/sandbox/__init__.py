"""A scratch place to run other programs in, and the confinement of what runs there."""
