"""PostgreSQL and NATS from their PyPI wheels, as the user's own processes."""
