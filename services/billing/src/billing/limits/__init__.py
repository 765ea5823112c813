"""How much a customer may owe, and who may say so."""
