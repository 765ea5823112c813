"""What is earned on what was invoiced, with its working."""
