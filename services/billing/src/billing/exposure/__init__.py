"""What a customer uses of its credit, and the orders that wait for more."""
