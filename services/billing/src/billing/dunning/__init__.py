"""Reminding customers of what is overdue: procedures, runs, fees, interest, letters."""
