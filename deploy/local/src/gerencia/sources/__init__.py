"""Data of other systems, read into the records of our import contracts."""
