"""What happened and who looked: ledger, views, redaction, search."""
