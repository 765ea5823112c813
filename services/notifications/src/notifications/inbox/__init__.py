"""NO1: what a person was told, on their own page."""
