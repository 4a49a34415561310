"""Tests of landing: the contract, checks, the store, importers, the ledger."""
