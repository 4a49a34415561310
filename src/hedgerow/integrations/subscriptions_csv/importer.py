"""Read customer, start, end, monthly amount, and if there, product and id; every row is money, so none is merged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from hedgerow.kernel.problem import Problem, Where
from hedgerow.warehouse.landing.contract import load_contract
from hedgerow.warehouse.landing.csv_file import CsvFile, read_csv
from hedgerow.warehouse.landing.mapping import Wanted, map_columns, named_tables, note_of
from hedgerow.warehouse.landing.raw import LINE, Delivery, RawTable
from hedgerow.warehouse.landing.values import read_value

WANTED = (
    Wanted("customer", ("customer_id", "customer", "account_id", "account", "company", "organization",
                        "customer_external_id", "customer_uuid", "email", "customer_email", "customer_name", "client",
                        "name"), is_required=True),
    Wanted("start", ("start", "start_date", "started_at", "starts_at", "start_at", "start_date_utc", "start_utc",
                     "subscription_start_date", "subscription_start", "started_on", "started", "begin",
                     "current_period_start", "from", "period_start", "created_at", "created"), is_required=True),
    Wanted("end", ("end", "end_date", "ended_at", "ended_at_utc", "end_date_utc", "subscription_end_date",
                   "subscription_end", "ended_on", "cancelled_at", "canceled_at", "cancelled_on", "canceled_on",
                   "cancellation_date", "ends_at", "end_at", "to", "period_end", "cancelled", "canceled", "finish")),
    Wanted("amount", ("monthly_amount", "mrr", "amount", "monthly_value", "monthly_price", "price", "monthly",
                      "monthly_fee", "monthly_recurring_revenue", "amount_usd", "mrr_usd", "value"), is_required=True),
    Wanted("product", ("product_key", "product", "plan", "plan_name", "product_name")),
    Wanted("id", ("subscription_id", "id", "subscription")),
)
_COLUMNS = {"customer": "customer_id", "start": "start_date", "end": "end_date", "amount": "monthly_amount",
            "product": "product_key", "id": "subscription_id"}
_LISTED = 20


def read(path: Path, options: Mapping[str, str]) -> Delivery:
    """One CSV file. Raises UnableToRead(missing_columns) when customer, start or amount cannot be found."""
    known = [guess for wanted in WANTED for guess in wanted.guesses]
    found = read_csv(path, known=known)
    columns = map_columns(found.header, WANTED, options, file=path.name)
    raw = {name: found.data[column].to_pylist() for name, column in columns.items()}
    lines = found.data[LINE].to_pylist()
    rows = [{_COLUMNS[name]: raw[name][i] for name in raw} | {LINE: str(lines[i])} for i in range(len(lines))]
    notices = list(found.notices)
    if "id" not in columns:
        notices += _give_ids(rows, path.name)
    tables = [*_named(rows, path.name), _subscriptions(rows, columns, found, path.name, notices)]
    notes = (note_of(columns, found.header, path, found.delimiter),
             "A period counts in a month when it runs at the end of the month's last day; "
             "the end is the day after its last day.")
    return Delivery(tuple(tables), (path,), (), notes)


def _subscriptions(rows: list[dict[str, str]], columns: Mapping[str, str], found: CsvFile, file: str,
                   notices: list[Problem]) -> RawTable:
    names = [*(_COLUMNS[name] for name in columns), "subscription_id"]
    listed = RawTable.from_rows("subscriptions", rows, file=file, columns=names)
    return RawTable("subscriptions", file, listed.data, unreadable=found.unreadable, notices=tuple(notices),
                    shown={_COLUMNS[name]: column for name, column in columns.items()},
                    required=frozenset({"monthly_amount"}))


def _give_ids(rows: list[dict[str, str]], file: str) -> list[Problem]:
    """Ids from the content, so that they do not depend on the order; equal rows are kept, numbered and flagged."""
    seen: dict[str, int] = {}
    first_line: dict[str, str] = {}
    notices = []
    for row in rows:
        content = "\x1f".join((row.get(column) or "").strip() for column in sorted(_COLUMNS.values()))
        digest = hashlib.sha256(content.encode()).hexdigest()[:20]
        seen[digest] = seen.get(digest, 0) + 1
        row["subscription_id"] = f"period-{digest}-{seen[digest]}"
        if seen[digest] == 1:
            first_line[digest] = row[LINE]
        else:
            notices.append(Problem("possible_duplicate", f"the same as line {first_line[digest]}; both are counted. "
                                   "Remove one if it is there twice by mistake",
                                   Where(file, int(row[LINE])), rule="REV-147", is_error=False))
    more = len(notices) - _LISTED
    if more > 0:
        notices = [*notices[:_LISTED], Problem("possible_duplicate", f"and {more} more like this", Where(file),
                                               rule="REV-147", is_error=False)]
    return notices


def _named(rows: list[dict[str, str]], file: str) -> Iterable[RawTable]:
    """The customers and products that the rows speak of."""
    contract = load_contract()
    customers: dict[str, int] = {}
    products: dict[str, int] = {}
    for row in rows:
        for column, found in (("customer_id", customers), ("product_key", products)):
            text = read_value(contract.tables["subscriptions"].column(column), row.get(column) or "").text
            if text:
                found.setdefault(text, int(row[LINE]))
    return named_tables(customers, products, file=file)
