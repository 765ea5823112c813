"""Invoices and payments that another system issued and took."""
