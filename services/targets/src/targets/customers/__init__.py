"""What targets keeps of customers: a number and a name."""
