"""What each product costs where, for whom and when, and how low it may go."""
