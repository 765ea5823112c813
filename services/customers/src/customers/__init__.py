"""Customers: cards, orders and deliveries."""
