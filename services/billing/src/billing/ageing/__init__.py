"""How long what is owed has been overdue, as of any day."""
