"""What billing keeps of the organisation that targets owns."""
