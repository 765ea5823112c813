"""What is measured, against the raw parts in the same run: `python -m bench [name …]`."""
