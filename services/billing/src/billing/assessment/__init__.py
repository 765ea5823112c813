"""What a customer is worth as a debtor, and how that is known."""
