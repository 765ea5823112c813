"""What every request has in common: its edge, who sent it, and how a no is said."""
