"""Bank statements: what they say, whose payment each entry is, and what waits for somebody."""
