"""Quotas: what a person is to sell in a period."""
