"""What customers keep of the organisation that targets owns: units and people."""
