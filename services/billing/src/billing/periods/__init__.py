"""Which days are closed for posting."""
