"""Money, time, ids, event log, inbox, questions and commands: what every service stands on."""
