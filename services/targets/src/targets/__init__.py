"""Targets: organisation, quotas, attainment and commissions."""
