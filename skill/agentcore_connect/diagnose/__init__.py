"""Takes error messages and logs apart, and names the known errors that they speak of, with cause and fix."""
