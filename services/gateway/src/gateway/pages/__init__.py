"""The few pages of the gateway itself; the console is a program of its own."""
