"""Stripe: objects are listed with the official client, kept in a cache folder, and mapped into the data contract."""
