"""Hedgerow: a company's go-to-market handbook as running software."""

__version__ = "0.1.0"
