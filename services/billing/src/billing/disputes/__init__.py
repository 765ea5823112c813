"""What customers say they do not owe, until that is settled."""
