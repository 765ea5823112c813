"""The collector's work: whom to ask first, what was said, agencies, statements of account."""
