"""How well what is owed is collected, and when it is likely to come in."""
