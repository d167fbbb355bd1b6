"""People, accounts, sessions and rights."""
