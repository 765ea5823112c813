"""Billing: credit, receivables and collection."""
