"""How each source stands: its rows and problems, how old its data is, and whether it vanished."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from hedgerow.home import Home
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.warehouse.landing import store
from hedgerow.warehouse.landing.reading import literal, quoted

# Where a table says how new its data is; forecasts of the future say nothing about that.
_NEWEST = {"invoices": "coalesce(finalized_at, updated_at, CASE WHEN type = 'completed' THEN period_end END)",
           "usage": "report_at", "events": "occurred_at", "tickets": "opened_at", "users": "last_seen_at",
           "refunds": "issued_at", "subscriptions": "CAST(start_date AS TIMESTAMP)"}


def sources(home: Home, as_of: date) -> list[dict[str, Any]]:
    """One flat row per source, for ``hedgerow doctor``.

    ``state`` is ok, problems (rows were refused), unreadable (no manifest) or vanished (known, but gone);
    ``data_age_days`` counts from the newest record, ``loaded_age_days`` from the last import; ``mend`` is the way out.
    """
    there, index = store.source_folders(home), store.read_index(home)
    rows = [_present(name, folder, as_of) for name, folder in there.items()]
    rows += [_vanished(name, known, as_of) for name, known in index.items() if name not in there]
    return sorted(rows, key=lambda row: row["source"])


def _present(name: str, folder: Path, as_of: date) -> dict[str, Any]:
    manifest = store.read_manifest(folder)
    newest, month = _newest(folder, as_of)
    row = {"source": name, "state": "ok", "format": "", "loaded_at": None, "loaded_age_days": None,
           "newest_record_on": newest.isoformat() if newest else None,
           "data_age_days": (as_of - newest).days if newest else None,
           "latest_invoice_month": str(MonthIdx(month)) if month is not None else None,
           "rows": None, "refused": None, "errors": None, "notices": None, "mend": ""}
    if manifest is None:
        return {**row, "state": "unreadable", "mend": f"{name} has no readable manifest.json; import this source again"}
    refused = sum(table["refused"] for table in manifest["tables"].values())
    mend = f"{refused} rows were refused; see {folder / store.PROBLEMS}" if refused else ""
    return {**row, "state": "problems" if refused else "ok", "format": manifest["format"],
            "loaded_at": manifest["loaded_at"], "loaded_age_days": _age(manifest["loaded_at"], as_of),
            "rows": sum(table["rows"] for table in manifest["tables"].values()), "refused": refused,
            "errors": manifest["errors"], "notices": manifest["notices"], "mend": mend}


def _vanished(name: str, known: dict[str, Any], as_of: date) -> dict[str, Any]:
    age = _age(known.get("loaded_at", ""), as_of)
    old = f", {age} days ago" if age is not None else ""
    return {"source": name, "state": "vanished", "format": known.get("format", ""),
            "loaded_at": known.get("loaded_at"), "loaded_age_days": age, "newest_record_on": None,
            "data_age_days": age, "latest_invoice_month": None, "rows": 0, "refused": None, "errors": None,
            "notices": None, "mend": f"the folder of {name} is gone (it was last loaded on "
            f"{str(known.get('loaded_at', ''))[:10]}{old}, with {known.get('rows', 0)} rows); import it again. "
            "The figures are built without it"}


def _age(stamp: str, as_of: date) -> int | None:
    try:
        return (as_of - datetime.fromisoformat(stamp).date()).days
    except (TypeError, ValueError):
        return None


def _newest(folder: Path, as_of: date) -> tuple[date | None, int | None]:
    """(day of the newest record up to ``as_of``, month_idx of the newest invoice that is completed)."""
    import duckdb

    days: list[date] = []
    month: int | None = None
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        for table, expression in _NEWEST.items():
            path = folder / f"{table}.parquet"
            if path.is_file():
                alias = quoted("newest")
                row = con.execute(f"SELECT max({alias}) FROM (SELECT CAST({expression} AS DATE) AS {alias} "
                                  f"FROM read_parquet({literal(str(path))})) WHERE {alias} <= ?", [as_of]).fetchone()
                days += [row[0]] if row and row[0] else []
        invoices = folder / "invoices.parquet"
        if invoices.is_file():
            last = "(period_end - INTERVAL 1 SECOND)"
            row = con.execute(f"SELECT max(year({last}) * 12 + month({last}) - 1) FROM "
                              f"read_parquet({literal(str(invoices))}) WHERE type = 'completed'").fetchone()
            month = row[0] if row else None
    return max(days, default=None), month
