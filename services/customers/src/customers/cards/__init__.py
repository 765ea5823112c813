"""CU1: the customer card."""
