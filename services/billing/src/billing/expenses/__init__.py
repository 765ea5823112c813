"""What a unit may spend, has promised to spend and has spent."""
