"""Import a source: read, check, guard against losing customers, store in one rename."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from hedgerow.app.landing.importers import UnableToImport, reader_of
from hedgerow.app.landing.vanishing import Vanishing, vanishing
from hedgerow.home import Home
from hedgerow.kernel.problem import Problem
from hedgerow.warehouse.landing import store
from hedgerow.warehouse.landing.check import Check, Counts
from hedgerow.warehouse.landing.contract import load_contract
from hedgerow.warehouse.landing.files import sha256_of
from hedgerow.warehouse.landing.ledger_file import LEDGER_TABLES
from hedgerow.warehouse.landing.raw import Delivery

_SOURCE_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]{0,62}$")
_PROBLEMS_KEPT = 1000


@dataclass(frozen=True)
class Imported:
    """What an import did. ``problems`` are the first ones, errors first; the full list stands in ``problems_file``."""

    source: str
    format: str
    counts: tuple[Counts, ...]
    problems: tuple[Problem, ...]
    errors: int
    notices: int
    notes: tuple[str, ...]
    is_stored: bool
    is_unchanged: bool = False
    replaced_source: bool = False
    problems_file: Path | None = None
    vanished: Vanishing | None = None
    figures: tuple[dict[str, Any], ...] = ()

    @property
    def refused(self) -> int:
        return sum(counts.refused for counts in self.counts)

    @property
    def stored(self) -> int:
        return sum(counts.stored for counts in self.counts)


@dataclass(frozen=True)
class ImportRequest:
    """One import as asked for. ``vanished_share_max`` gives the percentage of the policy when it is needed."""

    format: str
    path: Path
    as_of: date
    loaded_at: datetime
    vanished_share_max: Callable[[], Decimal]
    source: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    accepts_loss: bool = False
    is_dry_run: bool = False

    @property
    def source_name(self) -> str:
        return self.source or self.format


def import_source(home: Home, request: ImportRequest) -> Imported:
    """Read, check and store one source, or with ``is_dry_run`` only say what would change.

    Raises UnableToImport when nothing can be read or stored, or when too many paying customers would vanish; then
    nothing was changed.
    """
    reader = reader_of(request.format)
    if not _SOURCE_NAME.match(request.source_name):
        raise UnableToImport("bad_source_name", f"{request.source_name!r} cannot name a source: use a-z, 0-9, - and _")
    if request.format in ("contract", "subscriptions", "invoices") and not request.path.exists():
        raise UnableToImport("not_found", f"there is no file or folder {request.path}")
    delivery = reader(request.path, request.options)
    if not delivery.tables:
        raise UnableToImport("nothing_to_store", f"{request.path} holds no table of the contract", delivery.problems)
    inputs = {path.name: sha256_of(path) for path in delivery.inputs}
    stored = store.stored_tables(home, without=request.source_name)
    mark = store.fingerprint([request.format, sorted(inputs.items()), sorted(request.options.items()),
                              load_contract().hash, sorted(_content(home, request.source_name).items())])
    before = store.source_folders(home).get(request.source_name)
    manifest = store.read_manifest(before) if before else None
    if manifest and inputs and manifest.get("fingerprint") == mark:
        return _unchanged(request, before, manifest, delivery)
    with store.staging(home, request.source_name) as folder, \
            Check(load_contract(), elsewhere=stored, spill=store.spill_of(folder)) as check:
        _run(check, delivery)
        return _conclude(home, request, delivery, check, folder, before, mark, inputs)


def _run(check: Check, delivery: Delivery) -> None:
    """Check, naming a Parquet file whose pages turn out to be damaged."""
    try:
        check.run(delivery.tables)
    except duckdb.Error as error:
        files = ", ".join(raw.file for raw in delivery.tables if raw.parquet)
        if not files or isinstance(error, duckdb.ProgrammingError | duckdb.OutOfMemoryException):
            raise  # our own mistake, or the machine's limit: not the file's
        message = f"one of {files} cannot be read: {error}. Nothing was changed"
        raise UnableToImport("unreadable_file", message) from error


def _content(home: Home, source: str) -> dict[str, Any]:
    """What other sources hold now: it decides about duplicates and references."""
    found: dict[str, Any] = {}
    for name, folder in store.source_folders(home).items():
        if name != source:
            tables = (store.read_manifest(folder) or {}).get("tables", {})
            found[name] = {table: entry.get("content") for table, entry in tables.items()}
    for table in LEDGER_TABLES:
        path = home.ledger / f"{table}.parquet"
        if path.is_file():
            found[f"ledger/{table}"] = sha256_of(path)
    return found


def _conclude(home: Home, request: ImportRequest, delivery: Delivery, check: Check, folder: Path,
              before: Path | None, mark: str, inputs: Mapping[str, str]) -> Imported:
    for problem in delivery.problems:
        check.problems.add("", problem)
    own = [raw.table for raw in delivery.tables if not raw.is_derived]
    if not sum(check.counts[table].stored for table in own):
        raise UnableToImport("nothing_to_store", "no row could be stored; nothing was changed",
                             check.problems.first(_PROBLEMS_KEPT))
    about = {"source": request.source_name, "format": request.format, "options": dict(request.options),
             "fingerprint": mark}
    store.write_checked(check, folder, about=about, loaded_at=request.loaded_at, as_of=request.as_of, inputs=inputs)
    lost = _guard(request, before, folder)
    figures = _figures(home, request, folder) if request.is_dry_run else ()
    errors, notices = check.problems.counts()
    first = tuple(check.problems.first(_PROBLEMS_KEPT))
    if not request.is_dry_run:
        store.swap_in(home, request.source_name, folder)
    return Imported(
        request.source_name, request.format, tuple(check.counts.values()), first, errors, notices, delivery.notes,
        is_stored=not request.is_dry_run, replaced_source=before is not None, vanished=lost, figures=figures,
        problems_file=None if request.is_dry_run else home.landing / request.source_name / store.PROBLEMS)


def _unchanged(request: ImportRequest, folder: Path | None, manifest: Mapping[str, Any],
               delivery: Delivery) -> Imported:
    counts = tuple(Counts(name, entry["rows_in"], entry["rows"], entry["refused"], entry["replaced"])
                   for name, entry in manifest["tables"].items())
    return Imported(request.source_name, request.format, counts, (), manifest["errors"], manifest["notices"],
                    delivery.notes, is_stored=False, is_unchanged=True,
                    problems_file=folder / store.PROBLEMS if folder else None)


def _guard(request: ImportRequest, before: Path | None, folder: Path) -> Vanishing | None:
    """Stop an import that loses more than the policy's share of last month's paying customers of this source."""
    lost = vanishing(before, folder, request.as_of) if before else None
    if lost is None or not lost.customers:
        return None
    share = request.vanished_share_max()
    if lost.exceeds(share) and not (request.accepts_loss or request.is_dry_run):
        raise UnableToImport("would_lose_customers", (
            f"{len(lost.customers)} of {lost.paying} customers that paid in {lost.month} are not paying in it any more "
            f"in this import (more than {share}%), for example {', '.join(lost.customers[:5])}. Nothing was changed. "
            "If this is right, import again with --accept-loss"))
    return lost


def _figures(home: Home, request: ImportRequest, folder: Path) -> tuple[dict[str, Any], ...]:
    """Customers and MRR by month, as they are and as they would be."""
    from importlib import import_module

    by_month = import_module("hedgerow.app.revenue.preview").figures_by_month
    now = store.read_tables(home)
    then = store.read_tables(home, without=request.source_name)
    for path in sorted(folder.glob("*.parquet")):
        then.setdefault(path.stem, []).append(path)
    old = {row["month"]: row for row in by_month(now, request.as_of)} if now else {}
    new = {row["month"]: row for row in by_month(then, request.as_of)}
    return tuple(
        {"month": month,
         "customers_before": old.get(month, {}).get("customers"),
         "customers_after": new.get(month, {}).get("customers"),
         "mrr_before": old.get(month, {}).get("mrr"), "mrr_after": new.get(month, {}).get("mrr")}
        for month in sorted({*old, *new}))
