"""What billing keeps of the cards that customers owns."""
