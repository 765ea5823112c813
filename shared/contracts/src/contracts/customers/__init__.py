"""What customers tells the others, and what it can be asked."""
