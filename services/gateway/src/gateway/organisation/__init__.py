"""The tree of units, as targets tells it: what scope is expanded by."""
