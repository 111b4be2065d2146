"""A scratch folder to run other programs in, and their confinement."""
