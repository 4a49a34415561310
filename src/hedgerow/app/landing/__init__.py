"""Landing: imports, the ledger of merges and overrides, and how old each source is."""
