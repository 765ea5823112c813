"""One module per screen: asks the services at once, and says what is missing or old."""
