"""The services' operations as addresses: a table, and one handler for all of it."""
