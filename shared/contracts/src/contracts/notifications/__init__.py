"""What notifications tells the others, and what it can be asked."""
