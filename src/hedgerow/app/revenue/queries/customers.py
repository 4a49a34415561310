"""Finding one customer, and its months (`revenue month`)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
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
    remembered = ("customer", text)
    if remembered in snapshot.memory:
        return dict(snapshot.memory[remembered])
    found = snapshot.rows(f"SELECT * FROM {snapshot.table('customer')} WHERE customer_id = ?", [text])
    found = found or snapshot.rows(
        f"SELECT * FROM customer WHERE customer_id IN (SELECT customer_id FROM {snapshot.table('customer_member')} "
        "WHERE source_customer_id = ?)", [text])
    for column in ("domain", "name"):
        found = found or snapshot.rows(f"SELECT * FROM customer WHERE lower({column}) = lower(?) ORDER BY customer_id",
                                       [text])
    if not found:
        raise UnableToAnswer("unknown_customer", f"there is no customer {text!r}{_suggestions(snapshot, text)}; "
                             "give an id, a merged id, a domain or the exact name")
    if len(found) > 1:
        ids = ", ".join(row["customer_id"] for row in found[:5])
        raise UnableToAnswer("ambiguous_customer", f"{len(found)} customers are called {text!r}: {ids}; give the id")
    snapshot.memory[remembered] = snapshot.memory[("customer", found[0]["customer_id"])] = found[0]
    return found[0]


def member_ids(snapshot: Snapshot, customer_id: str) -> list[str]:
    """Every billing customer id that counts under a canonical one, itself first."""
    remembered = ("members", customer_id)
    if remembered not in snapshot.memory:
        sql = f"""SELECT source_customer_id AS id FROM {snapshot.table('customer_member')}
                  WHERE customer_id = ? AND source_customer_id <> ? ORDER BY 1"""
        snapshot.memory[remembered] = [customer_id, *(r["id"] for r in snapshot.rows(sql, [customer_id, customer_id]))]
    return list(snapshot.memory[remembered])


@contextmanager
def narrowed(snapshot: Snapshot, customer: str) -> Iterator[tuple[Snapshot, dict[str, Any]]]:
    """The customer, and the snapshot with its rows only. Raises like ``find_customer``."""
    found = find_customer(snapshot, customer)
    one = snapshot.of_customer(found["customer_id"], member_ids(snapshot, found["customer_id"]))
    try:
        yield one, found
    finally:
        if one is not snapshot:
            one.close()


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

    Total rows run from the customer's first month on, also at 0 (stage inactive); products only while they move. A
    month without any row between others is marked as a gap, so that a lost invoice is not read as churn (REV-65).
    """
    months = choose_months(snapshot, from_month=from_month, to_month=to_month)
    scopes = choose_scopes(snapshot, product)
    with narrowed(snapshot, customer) as (one, found):
        money = _cells(one, "adjusted_month", "unadjusted_cents, adjusted_cents", found["customer_id"])
        stages = _stages(one, found["customer_id"])
    own = [month for scope, month in money if scope == TOTAL]
    first, last = min(own, default=None), max(own, default=0)
    rows = []
    for month in months:
        for scope in scopes:
            key = (scope, month.idx.idx)
            cents = money.get(key, {})
            is_shown = any((series, *key) in stages or cents.get(f"{series}_cents") for series in SERIES)
            if not is_shown and (scope != TOTAL or first is None or month.idx.idx < first):
                continue
            is_gap = scope == TOTAL and not cents and month.idx.idx < last
            rows += [
                {"month": str(month.idx), "series": series, "product": product_of(scope),
                 "mrr": dollars(max(cents.get(f"{series}_cents") or 0, 0)),
                 "stage": stages.get((series, *key), "inactive"),
                 "status": f"{month.label}, gap: no invoice" if is_gap else month.label}
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
