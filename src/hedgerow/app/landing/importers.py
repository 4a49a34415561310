"""Which import format is read by which module; loaded only when it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.landing.raw import Delivery

Reader = Callable[[Path, Mapping[str, str]], Delivery]

IMPORTERS: dict[str, str] = {
    "contract": "hedgerow.integrations.contract_folder.importer:read",
    "subscriptions": "hedgerow.integrations.subscriptions_csv.importer:read",
    "invoices": "hedgerow.integrations.invoices_csv.importer:read",
    "stripe": "hedgerow.integrations.stripe.importer:read",
}


class UnableToImport(UnableTo):
    """Codes: unknown_format, not_found, bad_source_name, nothing_to_store, unreadable_file, would_lose_customers."""


def reader_of(format_name: str) -> Reader:
    """The read function of a format. Raises UnableToImport(unknown_format)."""
    if format_name not in IMPORTERS:
        raise UnableToImport("unknown_format", f"unknown format {format_name!r}; known: {', '.join(IMPORTERS)}")
    module, _, function = IMPORTERS[format_name].partition(":")
    return cast(Reader, getattr(import_module(module), function))
