"""What specifications, code and servers tell: read, never executed, and bounded whatever they hold."""
