"""What is given up: small rests and bad debt, each with somebody's authority."""
