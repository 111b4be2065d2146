"""From a plan to text and files."""
