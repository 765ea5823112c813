"""Invoices that pass their due day unpaid."""
