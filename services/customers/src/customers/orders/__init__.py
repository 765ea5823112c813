"""CU6: orders, deliveries and returns."""
