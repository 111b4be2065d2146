"""Everything the knowledge says, found by id or by ordinary words."""
