"""Units and people: who works where, under whom, from which day on."""
