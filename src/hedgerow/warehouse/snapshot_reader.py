"""Reads one snapshot: its manifest, its tables through an own in-memory DuckDB, and the landing rows behind it.

Building writes another folder and swaps a link, so a reader never waits and never sees half a build.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from hedgerow.home import Home
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.problem import UnableTo

_ID, _TEXT, _CENTS, _COUNT, _MONTH = "VARCHAR", "VARCHAR", "BIGINT", "BIGINT", "INTEGER"

#: The columns that readers rely upon. A table or column that a snapshot lacks reads as empty, never as an error.
TABLES: dict[str, dict[str, str]] = {
    "policy_month": {"month_idx": _MONTH, "month": _TEXT, "days": _COUNT, "status": _TEXT, "annual_basis": _TEXT},
    "customer": {"customer_id": _ID, "name": _TEXT, "domain": _TEXT, "billing_config": _TEXT, "owner_id": _ID,
                 "owner_name": _TEXT, "segment": _TEXT, "region": _TEXT, "billed_via": _TEXT,
                 "first_month_idx": _MONTH, "health": _TEXT, "last_contact_at": "TIMESTAMP"},
    "customer_key": {"customer_no": _COUNT, "customer_id": _ID},
    "customer_member": {"source_customer_id": _ID, "customer_id": _ID, "kind": _TEXT, "note": _TEXT},
    "customer_redirect": {"source_customer_id": _ID, "customer_id": _ID, "kind": _TEXT, "note": _TEXT},
    "customer_month": {
        "customer_id": _ID, "month_idx": _MONTH, "billing_config": _TEXT, "selected_type": _TEXT,
        "classification": _TEXT, "list_cents": _CENTS, "discount_cents": _CENTS, "credit_applied_cents": _CENTS,
        "refund_cents": _CENTS, "total_cents": _CENTS, "mrr_cents": _CENTS, "carried_cents": _CENTS,
        "tax_cents": _CENTS, "ex_tax_cents": _CENTS, "straight_line_cents": _CENTS, "usage_basis_cents": _CENTS,
        "is_straight_line_annual": _COUNT, "discount_ppm": _COUNT, "standard_cents": _CENTS, "covered_cents": _CENTS,
        "other_products_cents": _CENTS, "basis_gap_cents": _CENTS, "unallocated_refund_cents": _CENTS,
        "is_overridden": _COUNT},
    "product_month": {"customer_id": _ID, "month_idx": _MONTH, "product_key": _TEXT, "list_cents": _CENTS,
                      "mrr_cents": _CENTS, "standard_cents": _CENTS},
    "amortized_span": {"invoice_id": _TEXT, "customer_id": _ID, "part": _COUNT, "parts": _COUNT, "month_idx": _MONTH,
                       "part_end": "TIMESTAMP", "paid_part": _CENTS},
    "usage_month": {"customer_id": _ID, "month_idx": _MONTH, "product_key": _TEXT, "units": _COUNT},
    "changed_month": {"scope": _TEXT, "customer_id": _ID, "basis": _TEXT, "month_idx": _MONTH,
                      "unadjusted_cents": _CENTS, "adjusted_cents": _CENTS, "is_published": _COUNT},
    "data_issue": {"code": _TEXT, "rule": _TEXT, "customer_id": _ID, "month_idx": _MONTH, "record_id": _TEXT,
                   "detail": _TEXT},
    "adjusted_month": {"scope": _TEXT, "customer_id": _ID, "month_idx": _MONTH, "unadjusted_cents": _CENTS,
                       "adjusted_cents": _CENTS},
    "adjustment": {"rule": _TEXT, "state": _TEXT, "scope": _TEXT, "customer_id": _ID, "basis": _TEXT,
                   "month_idx": _MONTH, "before_cents": _CENTS, "after_cents": _CENTS, "prev1_cents": _CENTS,
                   "prev2_cents": _CENTS, "next_cents": _CENTS, "credit_cents": _CENTS, "discount_ppm": _COUNT},
    "stage_month": {"scope": _TEXT, "customer_id": _ID, "track": _TEXT, "month_idx": _MONTH, "stage": _TEXT,
                  "prev_cents": _CENTS, "mrr_cents": _CENTS, "delta_cents": _CENTS},
    "movement": {"series": _TEXT, "scope": _TEXT, "month_idx": _MONTH, "component": _TEXT, "customers": _COUNT,
                 "amount_cents": _CENTS},
    "retention": {"month_idx": _MONTH, "window_months": _MONTH, "scope": _TEXT, "base_month_idx": _MONTH,
                  "customers": _COUNT, "base_cents": _CENTS, "current_cents": _CENTS, "capped_cents": _CENTS},
    "retention_window": {"window_months": _MONTH},
    "cohort": {"scope": _TEXT, "cohort_month_idx": _MONTH, "age": _MONTH, "month_idx": _MONTH, "customers": _COUNT,
               "base_cents": _CENTS, "current_cents": _CENTS, "capped_cents": _CENTS},
    "cohort_usage": {"scope": _TEXT, "cohort_month_idx": _MONTH, "age": _MONTH, "month_idx": _MONTH,
                     "customers": _COUNT, "base_units": _COUNT, "current_units": _COUNT},
    "mover": {"month_idx": _MONTH, "side": _TEXT, "rank": _COUNT, "customer_id": _ID, "prev_cents": _CENTS,
              "mrr_cents": _CENTS, "delta_cents": _CENTS, "stage": _TEXT},
    "forecast_product": {"customer_id": _ID, "product_key": _TEXT, "month_idx": _MONTH, "period_start": "DATE",
                         "period_end": "DATE", "units_to_date": _COUNT, "days_elapsed": _COUNT,
                         "days_in_period": _COUNT, "days_reported": _COUNT, "last_period_units": _COUNT,
                         "projected_units": _COUNT, "list_cents": _CENTS, "discount_ppm": _COUNT,
                         "limit_cents": _CENTS, "charge_cents": _CENTS, "method": _TEXT},
    "forecast_customer": {"customer_id": _ID, "month_idx": _MONTH, "completed_cents": _CENTS,
                          "forecast_cents": _CENTS, "last_closed_cents": _CENTS, "growth_ppm": _COUNT,
                          "is_first_payment": _COUNT, "alert": _TEXT, "method": _TEXT},
}

#: Tables in which one customer's rows are told by id, and by number (the track of stage_fact counts up to 7).
_BY_CUSTOMER = ("customer", "customer_key", "changed_month", "adjustment", "usage_month",
                "amortized_span")
_BY_NUMBER = ("customer_fact", "product_fact")
_LANDED_BY_CUSTOMER = ("invoices", "invoice_lines", "credit_purchases", "credit_events", "trial_flags")

_STORED_TYPE = {"text": "VARCHAR", "enum": "VARCHAR", "integer": "BIGINT", "money": "BIGINT", "unit_price": "BIGINT",
                "percent": "BIGINT", "date": "DATE", "timestamp": "TIMESTAMP", "month": "INTEGER",
                "boolean": "BOOLEAN"}
_STORED_SUFFIX = {"money": ("_amount", "_cents"), "unit_price": ("_price", "_e10"), "percent": ("_percent", "_ppm"),
                  "month": ("_month", "_month_idx")}
_STORED_BARE = {"amount": "cents", "month": "month_idx", "unit_price": "unit_e10"}
_READS = re.compile(r"(?:FROM|JOIN)\s+([a-z_]+)")
_LINE_EXTRAS = {"customer_id": "VARCHAR", "month_idx": "INTEGER", "is_counted": "BOOLEAN"}


class UnableToOpenSnapshot(UnableTo):
    """Codes: ``no_snapshot``, ``no_snapshot_for_day``, ``broken_snapshot``."""


@dataclass(frozen=True)
class Stamp:
    """What every answer states about itself (REV-50, REV-126)."""

    as_of: date
    snapshot: str
    policy_hash: str
    basis: str  # annual_total_basis of the last closed month: straight_line or usage
    series: str

    def __str__(self) -> str:
        return (f"as of {self.as_of} · {self.series} series · annual basis {self.basis or 'unknown'} · "
                f"policy {self.policy_hash[:19] or 'unknown'} · snapshot {self.snapshot}")


@dataclass
class Snapshot:
    """An immutable folder, open for reading. SQL here is our own text; values always go in as parameters."""

    folder: Path
    home: Home
    manifest: Mapping[str, Any]
    connection: Any
    _views: set[str] = field(default_factory=set)
    _only: Mapping[str, str] = field(default_factory=dict)  # table -> condition on its rows
    memory: dict[tuple[str, ...], Any] = field(default_factory=dict)  # answers already found; a snapshot never changes

    @classmethod
    def open(cls, home: Home | Path | str, *, as_of: date | None = None) -> Snapshot:
        """The current snapshot of a home (or the snapshot folder given); with ``as_of``, the newest good one of
        that day. Raises UnableToOpenSnapshot."""
        where = home if isinstance(home, Home) else Home(Path(home))
        if (where.root / "manifest.json").is_file():
            folder = where.root.resolve()
            where = Home(folder.parent.parent)
        else:
            folder = _current_folder(where)
        manifest = _read_manifest(folder)
        if as_of and _day(manifest) != as_of:
            folder = _folder_of_day(where, as_of, _day(manifest))
            manifest = _read_manifest(folder)
        return cls(folder, where, manifest, _connect([folder, where.root.resolve()]))

    @property
    def id(self) -> str:
        return str(self.manifest.get("id") or self.folder.name)

    @property
    def as_of(self) -> date:
        return _day(self.manifest)

    @property
    def run_month(self) -> MonthIdx:
        """The open month (REV-69)."""
        given = self.manifest.get("run_month")
        if isinstance(given, int):
            return MonthIdx(given)
        return MonthIdx.parse(str(given)[:7]) if given else MonthIdx.of(self.as_of)

    @property
    def policy_hash(self) -> str:
        return str(self.manifest.get("policy_hash") or self.manifest.get("policy") or "")

    @property
    def is_ok(self) -> bool:
        return self.manifest.get("status", "ok") == "ok"

    def stamp(self, series: str = "adjusted") -> Stamp:
        last_closed = self.run_month - 1
        found = self.rows(f"SELECT annual_basis FROM {self.table('policy_month')} WHERE month_idx = ?",
                          [last_closed.idx])
        return Stamp(self.as_of, self.id, self.policy_hash, str(found[0]["annual_basis"] or "") if found else "",
                     series)

    def table(self, name: str) -> str:
        """The name of a view over one snapshot table; absent tables and columns read as empty."""
        if name in self._views:
            return name
        file = self.folder / "tables" / f"{name}.parquet"
        definition = None if file.is_file() else _query_model(name)
        if definition is None:
            self._create_view(name, [file] if file.is_file() else [], TABLES.get(name, {}))
        else:
            for read in sorted(set(_READS.findall(definition)) - {name}):
                if read in TABLES or (self.folder / "tables" / f"{read}.parquet").is_file():
                    self.table(read)
            self._create_query(name, definition)
        return name

    def of_customer(self, customer_id: str, members: Sequence[str]) -> Snapshot:
        """The same snapshot, with only one customer's rows in its large tables: a question about one customer then
        reads little, whatever views it goes through. ``members``: its billing customer ids. Close it after use (a
        narrow snapshot gives itself)."""
        if self._only:
            return self
        one, ids = _quoted(customer_id), ", ".join(_quoted(member) for member in members)
        only = dict.fromkeys(_BY_CUSTOMER, f"customer_id = {one}")
        only |= {f"landing_{name}": f"customer_id IN ({ids})" for name in _LANDED_BY_CUSTOMER}
        found = self.rows(f"SELECT customer_no FROM {self.table('customer_key')} WHERE customer_id = ?", [customer_id])
        if found:
            number = int(found[0]["customer_no"])
            only |= dict.fromkeys(_BY_NUMBER, f"customer_no = {number}")
            only["stage_fact"] = f"owner_no BETWEEN {number * 8} AND {number * 8 + 7}"
        memory = dict(self.memory)
        return Snapshot(self.folder, self.home, self.manifest, _connect([self.folder, self.home.root.resolve()]), set(),
                        only, memory)

    def landing(self, name: str) -> str:
        """The name of a view over a landing table as this snapshot was built from it, in stored form."""
        view = f"landing_{name}"
        if view not in self._views:
            self._create_view(view, self._landing_files(name), stored_columns(name))
        return view

    def columns(self, name: str) -> set[str]:
        return {row["column_name"] for row in self.rows(f"DESCRIBE {self.table(name)}")}

    def rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """Rows as dictionaries, in the order of the statement."""
        cursor = self.connection.execute(sql, values or None)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def integrity(self) -> list[dict[str, Any]]:
        """The checks of the build, as written beside the tables; an unreadable file counts as a failed check."""
        for file in (self.folder / "integrity.json", self.folder / "tables" / "integrity.json"):
            if file.is_file():
                try:
                    found = json.loads(file.read_text(encoding="utf-8"))
                except ValueError as error:
                    return [{"check": "integrity.json", "ok": False, "detail": f"cannot be read: {error}"}]
                checks = found.get("checks", found) if isinstance(found, dict) else found
                if isinstance(checks, dict):
                    return [{"check": k, **(v if isinstance(v, dict) else {"ok": v})} for k, v in checks.items()]
                return [dict(check) for check in checks]
        return []

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def landing_tables(self) -> dict[str, list[Path]]:
        """The landing files behind this snapshot, by table."""
        listed = self.manifest.get("landing")
        names = listed if isinstance(listed, dict) else {file.stem for file in self.home.landing.glob("*/*.parquet")}
        return {name: self._landing_files(name) for name in names}

    def _landing_files(self, name: str) -> list[Path]:
        listed = self.manifest.get("landing")
        if not isinstance(listed, dict):
            return sorted(self.home.landing.glob(f"*/{name}.parquet"))
        entries = listed.get(name) or []
        entries = [entries] if isinstance(entries, str | dict) else entries
        paths = [Path(entry["path"] if isinstance(entry, dict) else entry) for entry in entries]
        root = self.home.root.resolve()
        return [path for path in (p if p.is_absolute() else root / p for p in paths) if path.is_file()]

    def _create_query(self, name: str, definition: str) -> None:
        import duckdb

        try:
            self.connection.execute(f"CREATE VIEW {name} AS {definition}")
        except duckdb.CatalogException as error:
            raise UnableToOpenSnapshot("broken_snapshot", f"snapshot {self.id} was built by other models than these "
                                       f"({str(error).splitlines()[0]}); build again with: hedgerow run") from None
        self._views.add(name)

    def _create_view(self, view: str, files: list[Path], columns: Mapping[str, str]) -> None:
        if files:
            listed = ", ".join(_quoted(str(file)) for file in files)
            source = f"read_parquet([{listed}], union_by_name = true)"
            have = {column[0] for column in self.connection.execute(f"SELECT * FROM {source} LIMIT 0").description}
            extra = [f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items() if name not in have]
            sql = f"SELECT {', '.join(['*', *extra])} FROM {source} WHERE {self._only.get(view, 'true')}"
        else:
            typed = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items())
            sql = f"SELECT {typed} WHERE false"
        self.connection.execute(f"CREATE VIEW {view} AS {sql}")
        self._views.add(view)


@cache
def _query_model(name: str) -> str | None:
    """The SELECT of a model that is kept as a view over published tables; None for every other table."""
    models = resources.files("hedgerow.warehouse") / "models"
    for domain in models.iterdir() if models.is_dir() else ():
        file = domain / f"{name}.sql"
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            return text if "-- materialized: query\n" in text else None
    return None


@cache
def stored_columns(table: str) -> dict[str, str]:
    """Stored name and DuckDB type of every column of a landing table, from the data contract."""
    stored = {}
    for name, column in _contract()["tables"][table]["columns"].items():
        kind = column["type"]
        ending, replaced = _STORED_SUFFIX.get(kind, ("", ""))
        if name in _STORED_BARE and kind != "integer":
            name = _STORED_BARE[name]
        elif ending and name.endswith(ending):
            name = name.removesuffix(ending) + replaced
        stored[name] = _STORED_TYPE[kind]
    return stored | (_LINE_EXTRAS if table == "invoice_lines" else {})


@cache
def _contract() -> dict[str, Any]:
    import yaml

    text = (resources.files("hedgerow.warehouse") / "landing" / "contract.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def snapshot_days(home: Home) -> dict[date, Path]:
    """Day -> newest good snapshot folder of that day."""
    found: dict[date, tuple[str, Path]] = {}
    for file in sorted(home.snapshots.glob("*/manifest.json")):
        try:
            manifest = _read_manifest(file.parent)
        except UnableToOpenSnapshot:
            continue
        key = (str(manifest.get("created_at", "")), file.parent)
        if manifest.get("status", "ok") == "ok" and key > found.get(_day(manifest), ("", Path())):
            found[_day(manifest)] = key
    return {day: folder for day, (_, folder) in found.items()}


def _current_folder(home: Home) -> Path:
    current = home.current
    if current.is_file():  # where links are not to be had, a file names the folder
        current = home.snapshots / current.read_text(encoding="utf-8").strip()
    if not (current / "manifest.json").is_file():
        raise UnableToOpenSnapshot(
            "no_snapshot", f"there is no snapshot in {home.root} yet; build one with: hedgerow run --home {home.root} "
            "(or try the demo company: hedgerow demo)")
    return current.resolve()


def _folder_of_day(home: Home, as_of: date, current: date) -> Path:
    days = snapshot_days(home)
    if as_of not in days:
        listed = ", ".join(str(day) for day in sorted(days)[-5:]) or "none"
        raise UnableToOpenSnapshot(
            "no_snapshot_for_day", f"no snapshot was built as of {as_of}; the current one is as of {current}, the "
            f"latest days are: {listed}. Build that day with: hedgerow run --as-of {as_of}")
    return days[as_of]


def _read_manifest(folder: Path) -> dict[str, Any]:
    file = folder / "manifest.json"
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        _day(manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnableToOpenSnapshot(
            "broken_snapshot", f"{file} cannot be read ({error}); build again with: hedgerow run") from None
    return dict(manifest)


def _day(manifest: Mapping[str, Any]) -> date:
    return datetime.fromisoformat(str(manifest["as_of"])).date()


def _connect(folders: Sequence[Path]) -> Any:
    import duckdb

    connection = duckdb.connect()
    listed = ", ".join(_quoted(str(folder)) for folder in folders)
    connection.execute(f"SET allowed_directories = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
