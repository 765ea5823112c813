"""Who is who: people, users with their roles, and the tree of units."""
