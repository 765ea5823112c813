"""Contracts are looked through before somebody signs them."""
