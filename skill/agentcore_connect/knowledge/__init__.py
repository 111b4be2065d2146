"""What is known, loaded from the knowledge files: trees, tables, questions, and what an address tells."""
