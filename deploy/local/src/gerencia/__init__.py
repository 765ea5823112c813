"""The gerencia command: the whole product on one machine."""
