"""What changes shows on the open page without reloading."""
