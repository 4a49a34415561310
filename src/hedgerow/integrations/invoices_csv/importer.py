"""Read invoice lines and put the invoices together; rows of one invoice that contradict each other are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.problem import Problem, Where
from hedgerow.warehouse.landing.contract import Column
from hedgerow.warehouse.landing.csv_file import read_csv
from hedgerow.warehouse.landing.mapping import Wanted, map_columns, named_tables, note_of
from hedgerow.warehouse.landing.raw import LINE, Delivery, RawTable, UnableToRead
from hedgerow.warehouse.landing.values import read_value

WANTED = (
    Wanted("invoice", ("invoice_id", "invoice", "invoice_number", "invoice_no", "number"), is_required=True),
    Wanted("customer", ("customer_id", "customer", "account_id", "account", "company", "organization", "email",
                        "customer_email", "customer_name"), is_required=True),
    Wanted("period_start", ("period_start", "service_start", "start_date", "start")),
    Wanted("period_end", ("period_end", "service_end", "end_date", "end")),
    Wanted("date", ("date", "invoice_date", "issued_at", "issue_date", "created_at", "created")),
    Wanted("amount", ("net_amount", "amount", "line_amount", "line_total", "amount_usd", "total"), is_required=True),
    Wanted("product", ("product_key", "product", "plan", "item", "sku", "product_name", "description")),
    Wanted("tax", ("tax", "tax_amount", "vat")),
    Wanted("quantity", ("quantity", "units", "qty")),
    Wanted("currency", ("currency", "currency_code")),
    Wanted("status", ("status", "state", "invoice_status")),
)
_TEXT, _DATE, _MONEY = Column("", "text", ""), Column("", "date", ""), Column("", "money", "")
_HEAD = ("customer", "period_start", "period_end", "status", "currency")
_LISTED = 20


@dataclass
class _Row:
    """One line of the file with what was read of its invoice; ``refusal`` says why it cannot be used."""

    line: int
    raw: Mapping[str, str]
    head: dict[str, str]
    tax: Decimal = Decimal(0)
    refusal: Problem | None = None


def read(path: Path, options: Mapping[str, str]) -> Delivery:
    """One CSV file. Raises UnableToRead(missing_columns) when the invoice, customer, amount or any date is missing."""
    found = read_csv(path, known=[guess for wanted in WANTED for guess in wanted.guesses])
    columns = map_columns(found.header, WANTED, options, file=path.name)
    if not ({"period_start", "period_end"} <= columns.keys() or "date" in columns):
        message = f"{path.name}: neither a date nor a period was found; nothing was changed"
        raise UnableToRead("missing_columns", message,
                           [Problem("missing_column", "name it with --date COLUMN, or --period-start and --period-end",
                                    Where(path.name, 1, "date"))])
    texts = {name: found.data[column].to_pylist() for name, column in columns.items()}
    lines = found.data[LINE].to_pylist()
    notices = list(found.notices)
    rows = [_row(line, {name: texts[name][i] or "" for name in texts}, columns, path.name, notices)
            for i, line in enumerate(lines)]
    invoices = _invoices(rows, path.name)
    good = [row for row in rows if row.refusal is None]
    tables = [*_named(good, path.name), _invoice_table(invoices, columns, path.name),
              _line_table(rows, columns, found.unreadable, _short(notices), path.name)]
    return Delivery(tuple(tables), (path,), (), _notes(columns, found.header, path, found.delimiter))


def _notes(columns: Mapping[str, str], header: Sequence[str], path: Path, delimiter: str) -> tuple[str, ...]:
    notes = [note_of(columns, header, path, delimiter)]
    if "period_end" not in columns:
        notes.append("An invoice counts in the calendar month of its date.")
    if "tax" in columns:
        notes.append("Tax is added up over the lines of an invoice.")
    return tuple(notes)


def _row(line: int, raw: Mapping[str, str], columns: Mapping[str, str], file: str, notices: list[Problem]) -> _Row:
    """Read what belongs to the invoice as a whole; the line's own values are checked later, with all others."""
    row = _Row(line, raw, {})

    def value(name: str, column: Column, *, is_needed: bool = False) -> str:
        reading = read_value(column, raw.get(name, ""))
        where = Where(file, line, columns.get(name, name))
        if reading.is_error and row.refusal is None:
            row.refusal = Problem(reading.code, reading.message, where, raw[name][:200], reading.rule)
        elif is_needed and reading.text is None and row.refusal is None:
            row.refusal = Problem("missing_value", f"{columns.get(name, name)} is empty; it is required", where)
        elif reading.code and not reading.is_error:
            notices.append(Problem(reading.code, reading.message, where, raw[name][:200], reading.rule, is_error=False))
        return reading.text or ""

    row.head["invoice"] = value("invoice", _TEXT, is_needed=True)
    row.head["customer"] = value("customer", _TEXT, is_needed=True)
    if raw.get("period_start", "").strip() and raw.get("period_end", "").strip():
        row.head["period_start"], row.head["period_end"] = raw["period_start"].strip(), raw["period_end"].strip()
    else:
        day = value("date", _DATE, is_needed=True)
        month = MonthIdx.of(date.fromisoformat(day)) if day else None
        row.head["period_start"] = month.first_day.isoformat() if month else ""
        row.head["period_end"] = (month + 1).first_day.isoformat() if month else ""
    row.head["status"] = value("status", _TEXT).lower()
    row.head["currency"] = value("currency", _TEXT).upper()
    row.tax = Decimal(value("tax", _MONEY) or 0)
    return row


def _invoices(rows: Iterable[_Row], file: str) -> dict[str, list[_Row]]:
    """Rows by invoice. An invoice whose rows disagree on customer, period, state or currency is refused whole."""
    found: dict[str, list[_Row]] = {}
    for row in rows:
        if row.refusal is None:
            found.setdefault(row.head["invoice"], []).append(row)
    for name, members in list(found.items()):
        differing = [part for part in _HEAD if len({row.head[part] for row in members}) > 1]
        if differing:
            lines = ", ".join(str(row.line) for row in members)
            for row in members:
                row.refusal = Problem("invoice_rows_disagree", f"lines {lines} of invoice {name} differ in "
                                      f"{', '.join(differing)}; correct the source", Where(file, row.line), name)
            del found[name]
    return found


def _invoice_table(invoices: Mapping[str, list[_Row]], columns: Mapping[str, str], file: str) -> RawTable:
    rows = [{"invoice_id": name, "customer_id": members[0].head["customer"], "type": "completed",
             "classification": "standard", "status": members[0].head["status"],
             "period_start": members[0].head["period_start"], "period_end": members[0].head["period_end"],
             "currency": members[0].head["currency"], "tax_amount": f"{sum(row.tax for row in members):.2f}",
             LINE: str(min(row.line for row in members))} for name, members in invoices.items()]
    names = ("invoice_id", "customer_id", "type", "classification", "period_start", "period_end")
    shown = {"invoice_id": columns["invoice"], "customer_id": columns["customer"],
             "period_start": columns.get("period_start", columns.get("date", "")),
             "period_end": columns.get("period_end", columns.get("date", "")),
             "status": columns.get("status", ""), "currency": columns.get("currency", "")}
    return RawTable("invoices", file, RawTable.from_rows("invoices", rows, file=file, columns=names).data, shown=shown)


def _line_table(rows: Sequence[_Row], columns: Mapping[str, str], unreadable: tuple[Problem, ...],
                notices: list[Problem], file: str) -> RawTable:
    """Line ids count the lines of an invoice by content, so that they do not depend on the order of the file."""
    good = [row for row in rows if row.refusal is None]
    ordered = sorted(good, key=lambda row: (row.head["invoice"], *(row.raw.get(part, "").strip() for part in
                                                                   ("product", "amount", "quantity")), row.line))
    number: dict[str, int] = {}
    listed = []
    for row in ordered:
        invoice = row.head["invoice"]
        number[invoice] = number.get(invoice, 0) + 1
        listed.append({"line_id": f"{invoice}#{number[invoice]}", "invoice_id": invoice, LINE: str(row.line),
                       "product_key": row.raw.get("product", ""), "units": row.raw.get("quantity", ""),
                       "net_amount": row.raw["amount"]})
    names = ("line_id", "invoice_id", "product_key", "units", "net_amount")
    shown = {"invoice_id": columns["invoice"], "net_amount": columns["amount"],
             "product_key": columns.get("product", ""), "units": columns.get("quantity", "")}
    refused = tuple(row.refusal for row in rows if row.refusal is not None)
    return RawTable("invoice_lines", file, RawTable.from_rows("invoice_lines", listed, file=file, columns=names).data,
                    unreadable=(*unreadable, *refused), notices=tuple(notices), shown=shown)


def _named(rows: Iterable[_Row], file: str) -> Iterable[RawTable]:
    customers: dict[str, int] = {}
    products: dict[str, int] = {}
    for row in rows:
        customers.setdefault(row.head["customer"], row.line)
        product = read_value(_TEXT, row.raw.get("product", "")).text
        if product:
            products.setdefault(product, row.line)
    return named_tables(customers, products, file=file)


def _short(notices: list[Problem]) -> list[Problem]:
    """The first notices of each kind by line, the others as a number."""
    kept: list[Problem] = []
    count: dict[tuple[str, str], int] = {}
    for notice in notices:
        kind = (notice.code, notice.where.column)
        count[kind] = count.get(kind, 0) + 1
        if count[kind] <= _LISTED:
            kept.append(notice)
    return kept + [Problem(code, f"and {number - _LISTED} more like this", Where(notices[0].where.file, None, column),
                           rule="REV-147", is_error=False)
                   for (code, column), number in count.items() if number > _LISTED]
