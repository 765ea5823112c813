"""What one currency is worth in another, on any day."""
