"""Numbers of any range of days that can say why."""
