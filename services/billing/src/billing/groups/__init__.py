"""Customers who share a credit limit, each with a part of its own."""
