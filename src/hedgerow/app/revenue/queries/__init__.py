"""Reads of the revenue domain. Each takes an open snapshot and keyword arguments, and returns flat rows:
money as decimal strings of dollars, months as ``YYYY-MM``, percent with two places, unknown as None."""
