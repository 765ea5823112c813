"""Products that documents name by their key."""
