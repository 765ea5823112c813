"""Prices below the list: who may grant them, and orders that took them without asking."""
