"""What customers use of their credit now, and the most they ever used of it."""
