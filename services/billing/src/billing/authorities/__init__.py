"""Who may decide how much: amount by role, as data of each company."""
