"""Gateway: sign-in, scope, views and the live stream."""
