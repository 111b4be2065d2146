"""What every front end asks of the product: one session of the interview, and each command's result as data."""
