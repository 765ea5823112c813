"""What targets tells the others, and what it can be asked."""
