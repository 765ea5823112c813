"""Notifications: who is told what, where and when."""
