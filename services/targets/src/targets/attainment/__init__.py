"""What was invoiced, counted for persons and units, against their quotas."""
