"""Receivables that an agency collects."""
