"""What each rep is told every month of their customers' accounts."""
