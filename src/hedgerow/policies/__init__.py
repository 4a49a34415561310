"""Policies: every threshold, rate, list and rule choice as dated, cited data, and the one loader of it."""
