"""NO1: the same by e-mail, once."""
