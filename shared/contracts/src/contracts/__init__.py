"""What the services tell and ask each other."""
