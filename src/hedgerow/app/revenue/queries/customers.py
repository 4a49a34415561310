"""Finding one customer, and its months (`revenue month`)."""

from __future__ import annotations

import difflib
from typing import Any

from hedgerow.app.revenue.queries.window import (
    SERIES,
    TOTAL,
    UnableToAnswer,
    choose_months,
    choose_scopes,
    dollars,
    product_of,
)
from hedgerow.warehouse.snapshot_reader import Snapshot

Rows = list[dict[str, Any]]


def find_customer(snapshot: Snapshot, given: str) -> dict[str, Any]:
    """The canonical customer by id, a merged source id, a domain, or the exact name (in this order).

    Raises UnableToAnswer ``unknown_customer`` with suggestions, ``ambiguous_customer`` when several share it.
    """
    text = given.strip()
    found = snapshot.rows(
        f"""SELECT c.* FROM {snapshot.table('customer')} c WHERE c.customer_id = ?
            UNION SELECT c.* FROM customer c JOIN {snapshot.table('customer_member')} m USING (customer_id)
            WHERE m.source_customer_id = ?""", [text, text])
    for column in ("domain", "name"):
        found = found or snapshot.rows(f"SELECT * FROM customer WHERE lower({column}) = lower(?) ORDER BY customer_id",
                                       [text])
    if not found:
        raise UnableToAnswer("unknown_customer", f"there is no customer {text!r}{_suggestions(snapshot, text)}; "
                             "give an id, a merged id, a domain or the exact name")
    if len(found) > 1:
        ids = ", ".join(row["customer_id"] for row in found[:5])
        raise UnableToAnswer("ambiguous_customer", f"{len(found)} customers are called {text!r}: {ids}; give the id")
    return found[0]


def _suggestions(snapshot: Snapshot, text: str) -> str:
    """The nearest names and ids; candidates are narrowed in SQL, so that a million accounts stay quick."""
    near = snapshot.rows(
        """SELECT customer_id, name, domain FROM customer
           WHERE contains(lower(name), lower($text)) OR contains(lower(customer_id), lower($text))
              OR contains(lower(coalesce(domain, '')), lower($text))
              OR starts_with(lower(name), lower(left($text, 3))) OR starts_with(customer_id, left($text, 4))
           ORDER BY levenshtein(lower($text), lower(coalesce(name, customer_id))), customer_id LIMIT 50""",
        {"text": text})
    labels = {word: row["customer_id"] for row in near for word in (row["name"], row["customer_id"], row["domain"])
              if word}
    close = difflib.get_close_matches(text, list(labels), n=3, cutoff=0.4) or list(labels)[:3]
    shown = dict.fromkeys(f"{word!r}" + ("" if labels[word] == word else f" ({labels[word]})") for word in close)
    return f"; did you mean {' or '.join(shown)}?" if shown else ""


def customer_months(*, snapshot: Snapshot, customer: str, from_month: str | None = None, to_month: str | None = None,
                    product: str | None = None) -> Rows:
    """Each month of one customer: both series, the total and every product that was active.

    Total rows run from the customer's first month on, also at 0 (stage inactive); products only while they move.
    """
    customer_id = find_customer(snapshot, customer)["customer_id"]
    months = choose_months(snapshot, from_month=from_month, to_month=to_month)
    scopes = choose_scopes(snapshot, product)
    money = _cells(snapshot, "adjusted_month", "unadjusted_cents, adjusted_cents", customer_id)
    stages = _stages(snapshot, customer_id)
    first = min((month for _, month in money), default=None)
    rows = []
    for month in months:
        for scope in scopes:
            key = (scope, month.idx.idx)
            cents = money.get(key, {})
            is_shown = any((series, *key) in stages or cents.get(f"{series}_cents") for series in SERIES)
            if not is_shown and (scope != TOTAL or first is None or month.idx.idx < first):
                continue
            rows += [
                {"month": str(month.idx), "series": series, "product": product_of(scope),
                 "mrr": dollars(max(cents.get(f"{series}_cents") or 0, 0)),
                 "stage": stages.get((series, *key), "inactive"), "status": month.label}
                for series in ("unadjusted", "adjusted")]
    return rows


def _cells(snapshot: Snapshot, table: str, columns: str, customer_id: str) -> dict[tuple[str, int], dict[str, Any]]:
    sql = f"SELECT scope, month_idx, {columns} FROM {snapshot.table(table)} WHERE customer_id = ?"
    return {(row["scope"], row["month_idx"]): row for row in snapshot.rows(sql, [customer_id])}


def _stages(snapshot: Snapshot, customer_id: str) -> dict[tuple[str, str, int], str]:
    sql = f"SELECT scope, month_idx, track, stage FROM {snapshot.table('stage_month')} WHERE customer_id = ?"
    rows = snapshot.rows(sql, [customer_id])
    return {(series, row["scope"], row["month_idx"]): row["stage"] for row in rows for series, kind in
            (("adjusted", "adj"), ("unadjusted", "raw")) if row["track"] == "same" or row["track"].startswith(kind)}
