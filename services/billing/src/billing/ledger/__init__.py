"""The money ledger: invoices, credit notes, payments and what is open."""
