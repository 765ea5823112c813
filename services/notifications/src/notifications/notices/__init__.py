"""NO2: who is told what, as rules that are data."""
