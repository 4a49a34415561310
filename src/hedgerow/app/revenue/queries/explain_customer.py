"""One customer-month on one screen: configuration, invoice rows, waterfall, adjustments, stage, policy (REV-51)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hedgerow.app.revenue.queries.adjustments import adjustments
from hedgerow.app.revenue.queries.customers import customer_months, member_ids, narrowed
from hedgerow.app.revenue.queries.splits import splits
from hedgerow.app.revenue.queries.window import UnableToAnswer, data_months, dollars, parse_month
from hedgerow.app.revenue.thresholds import policy_params
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.snapshot_reader import Snapshot

Rows = list[dict[str, Any]]

_RULE_OF_CONFIG = {"free": "REV-1", "paid": "REV-2", "startup": "REV-4", "annual_upfront": "REV-8, REV-9, REV-10",
                   "annual_amortized": "REV-12", "multi_org_separate": "REV-15", "multi_org_shared": "REV-16",
                   "legacy": "REV-17", "unsupported": "REV-17"}
_PAGE = "customer-billing-configurations"
_CITE_OF_CONFIG = {"free": f"{_PAGE}#free", "paid": f"{_PAGE}#paid-plan", "startup": f"{_PAGE}#start-up",
                   "annual_upfront": f"{_PAGE}#enterprise-yearly", "annual_amortized": f"{_PAGE}#enterprise-amortized",
                   "legacy": f"{_PAGE}#legacy", "unsupported": f"{_PAGE}#unsupported"}
_WATERFALL = (("before discount", "list_cents", 1, ""), ("discount", "discount_cents", -1, "REV-29"),
              ("credit applied", "credit_applied_cents", -1, "REV-29"), ("refund", "refund_cents", -1, "REV-34"),
              ("total", "total_cents", 1, "REV-28"))
_ASIDE = (("tax inside the total", "tax_cents", "REV-2"), ("total without tax", "ex_tax_cents", "REV-2"),
          ("covered by start-up credit", "covered_cents", "REV-5"),
          ("billed at standard rate", "standard_cents", "REV-11"),
          ("on unknown products", "other_products_cents", "REV-27"), ("basis gap", "basis_gap_cents", "REV-10"),
          ("refund that names no product", "unallocated_refund_cents", "REV-34"),
          ("carried as credit balance", "carried_cents", "REV-150"))
_POLICY_OF_RULE = {
    "REV-43": ("credit_override_share", "credit_override_recovery", "credit_override_classes"),
    "REV-44": ("spike_multiple", "spike_min_increase", "spike_drop_share", "spike_lookback_months"),
    "REV-41": ("trial_flag_max_days",),
}


def explain_customer(*, snapshot: Snapshot, customer: str, month: str, is_traced: bool = False) -> Rows:
    """Rows of (section, item, amount, detail, rule, cite), in the order in which the figure comes about.

    ``is_traced`` adds what every model made of the month; it runs all models again on this one customer.
    """
    with narrowed(snapshot, customer) as (one, found):
        at = parse_month(month)
        known = data_months(one)
        if at not in {each.idx for each in known}:
            between = f"; the data runs from {known[0].idx} to {known[-1].idx}" if known else ""
            raise UnableToAnswer("no_data_for_month", f"there is no data for {at}{between}")
        name, ids = found["customer_id"], member_ids(one, found["customer_id"])
        sections: tuple[Callable[[], Rows], ...] = (
            lambda: _configuration(one, found, at), lambda: _members(one, name, ids, at),
            lambda: _invoices(one, ids, at), lambda: _prepaid(one, name, at), lambda: _waterfall(one, name, at),
            lambda: _products(one, name, at), lambda: _adjustments(one, name, at), lambda: _stage(one, name, at),
            lambda: _policy(one, name, at), lambda: _trace(one, name, at) if is_traced else [])
        return [row for section in sections for row in section()]


def _row(section: str, item: str, amount: int | None = None, detail: str | None = None, rule: str | None = None,
         cite: str | None = None) -> dict[str, Any]:
    return {"section": section, "item": item, "amount": dollars(amount), "detail": detail or None,
            "rule": rule or None, "cite": cite or None}


def _month_row(snapshot: Snapshot, customer_id: str, at: MonthIdx) -> dict[str, Any] | None:
    sql = f"SELECT * FROM {snapshot.table('customer_month')} WHERE customer_id = ? AND month_idx = ?"
    rows = snapshot.rows(sql, [customer_id, at.idx])
    return rows[0] if rows else None


def _configuration(snapshot: Snapshot, found: dict[str, Any], at: MonthIdx) -> Rows:
    row = _month_row(snapshot, found["customer_id"], at)
    config = (row or found)["billing_config"]
    basis = snapshot.rows(
        f"SELECT annual_basis, status FROM {snapshot.table('policy_month')} WHERE month_idx = ?", [at.idx])[0]
    detail = f"{row['selected_type']} rows, {row['classification']}" if row else "no row in this month: revenue 0"
    rows = [_row("configuration", str(config), detail=detail, rule=_RULE_OF_CONFIG.get(str(config)),
                 cite=_CITE_OF_CONFIG.get(str(config))),
            _row("configuration", "month", detail=basis["status"], rule="REV-69")]
    counted = snapshot.rows(
        f"""SELECT paying_month_number, months_since_last_payment FROM {snapshot.table('customer_counter')}
            WHERE customer_id = ? AND month_idx = ?""", [found["customer_id"], at.idx])
    rows += [_row("configuration", "paying month", detail=f"number {counted[0]['paying_month_number']}, "
                  f"{_or_never(counted[0]['months_since_last_payment'])}", rule="REV-155")] if counted else []
    if str(config).startswith("annual"):
        rows.append(_row("configuration", "annual basis", detail=basis["annual_basis"], rule="REV-8, REV-9"))
    if found["billed_via"]:
        rows.append(_row("configuration", "billed via", detail=found["billed_via"], rule="REV-16"))
    return rows


def _or_never(months: int | None) -> str:
    if months is None:
        return "never paid before"
    return "paid in this month" if months == 0 else f"last paid {months} month(s) before"


def _members(snapshot: Snapshot, customer_id: str, ids: list[str], at: MonthIdx) -> Rows:
    merged = snapshot.rows(f"SELECT * FROM {snapshot.table('customer_member')} WHERE customer_id = ? "
                           "AND source_customer_id <> ? ORDER BY 1", [customer_id, customer_id])
    rows = [_row("merged", row["source_customer_id"], detail=_words(row["kind"], row["note"]), rule="REV-22, REV-40",
                 cite="revenue-adjustments#4") for row in merged]
    owned = snapshot.rows(f"SELECT organization_id FROM {snapshot.landing('organizations')} "
                          "WHERE list_contains(?, customer_id)", [ids])
    fixes = snapshot.rows(
        f"""SELECT * FROM {snapshot.landing('overrides')} WHERE list_contains(?, organization_id)
            AND ? BETWEEN from_month_idx AND to_month_idx ORDER BY field""",
        [[*ids, *(row["organization_id"] for row in owned)], at.idx])
    return rows + [_row("override", f"{fix['field']} = {fix['value']}", detail=fix["note"], rule="REV-23")
                   for fix in fixes]


def _words(kind: str | None, note: str | None) -> str:
    return ": ".join(part for part in ((kind or "").replace("_", " "), note) if part)


def _invoices(snapshot: Snapshot, ids: list[str], at: MonthIdx) -> Rows:
    """Invoice rows and lines as they were landed; attribution by the last second of the period (REV-31)."""
    invoices = snapshot.rows(
        f"""SELECT * FROM {snapshot.landing('invoices')} WHERE list_contains($ids, customer_id)
              AND year(period_end - INTERVAL 1 SECOND) * 12 + month(period_end - INTERVAL 1 SECOND) - 1 = $month
            ORDER BY period_start, invoice_id""", {"ids": ids, "month": at.idx})
    numbers = [row["invoice_id"] for row in invoices]
    lines = snapshot.rows(
        f"""SELECT * FROM {snapshot.landing('invoice_lines')} WHERE list_contains($ids, customer_id)
            AND (month_idx = $month OR month_idx IS NULL) AND list_contains($numbers, invoice_id) ORDER BY line_id""",
        {"ids": ids, "month": at.idx, "numbers": numbers}) if numbers else []
    refunds = snapshot.rows(f"SELECT * FROM {snapshot.landing('refunds')} WHERE list_contains(?, invoice_id) "
                            "ORDER BY refund_id", [numbers]) if numbers else []
    rows = []
    for invoice in invoices:
        counts = "" if invoice["status"] not in ("void", "draft") else f", {invoice['status']}: counts nowhere"
        period = f"{invoice['period_start']:%Y-%m-%d} to {invoice['period_end']:%Y-%m-%d}"
        rows.append(_row("invoice", invoice["invoice_id"], invoice["total_cents"],
                         f"{invoice['type']}, {invoice['classification']}, {period}{counts}", "REV-31"))
        rows += [_row("line", line["line_id"], line["net_cents"], _line_words(line)) for line in lines
                 if line["invoice_id"] == invoice["invoice_id"]]
        rows += [_row("line", f"{invoice['invoice_id']} {label}", invoice[column], rule=rule)
                 for label, column, rule in (("tax", "tax_cents", "REV-2"),
                                             ("credit applied", "credit_applied_cents", "REV-29")) if invoice[column]]
        rows += [_row("refund", refund["refund_id"], refund["cents"],
                      _words(refund["reason"], refund["product_key"]), "REV-34") for refund in refunds
                 if refund["invoice_id"] == invoice["invoice_id"]]
    return rows


def _line_words(line: dict[str, Any]) -> str:
    units = f", {line['units']} units" if line["units"] is not None else ""
    is_cut = line["list_cents"] is not None and line["list_cents"] != line["net_cents"]
    return f"{line['product_key'] or 'no product'}{units}" + (f", list {dollars(line['list_cents'])}" if is_cut else "")


def _prepaid(snapshot: Snapshot, customer_id: str, at: MonthIdx) -> Rows:
    return [_row(part["kind"], f"{part['purchase_id']} {part['part']} of {part['of']}", None,
                 f"{part['amount']} of {part['period_start']} to {part['period_end']}, {part['state']}",
                 "REV-30, REV-32" if part["kind"] == "prepaid" else "REV-12, REV-13, REV-30") for part in splits(snapshot=snapshot, customer_or_contract=customer_id)
            if part["month"] == str(at)]


def _waterfall(snapshot: Snapshot, customer_id: str, at: MonthIdx) -> Rows:
    row = _month_row(snapshot, customer_id, at)
    if row is None:
        around = snapshot.rows(f"SELECT MIN(month_idx) AS first, MAX(month_idx) AS last FROM "
                               f"{snapshot.table('customer_month')} WHERE customer_id = ?", [customer_id])[0]
        is_gap = around["first"] is not None and around["first"] < at.idx < around["last"]
        return [_row("waterfall", "total", 0, "gap: no invoice; a missing month is 0" if is_gap else
                     "no row: a missing month is 0", "REV-65")]
    rows = [_row("waterfall", label, sign * (row[column] or 0), rule=rule) for label, column, sign, rule in _WATERFALL]
    rows += [_row("of which", label, row[column], rule=rule) for label, column, rule in _ASIDE if row[column]]
    if row["straight_line_cents"] != row["usage_basis_cents"]:
        rows += [_row("of which", "on straight line", row["straight_line_cents"], rule="REV-8"),
                 _row("of which", "on usage", row["usage_basis_cents"], rule="REV-9")]
    return rows


def _products(snapshot: Snapshot, customer_id: str, at: MonthIdx) -> Rows:
    rows = snapshot.rows(
        f"""SELECT p.product_key, p.mrr_cents, p.list_cents, u.units FROM {snapshot.table('product_month')} p
            LEFT JOIN {snapshot.table('usage_month')} u USING (customer_id, month_idx, product_key)
            WHERE p.customer_id = ? AND p.month_idx = ? ORDER BY p.product_key""", [customer_id, at.idx])
    return [_row("product", row["product_key"] or "other products", row["mrr_cents"],
                 f"list {dollars(row['list_cents'])}" + (f", {row['units']} units" if row["units"] is not None else
                                                         ", usage unknown")) for row in rows]


def _adjustments(snapshot: Snapshot, customer_id: str, at: MonthIdx) -> Rows:
    found = adjustments(snapshot=snapshot, from_month=str(at), to_month=str(at), customer=customer_id, is_all=True)
    flags = snapshot.rows(
        f"""SELECT * FROM {snapshot.landing('trial_flags')} WHERE customer_id = ? AND from_month_idx <= ?
            AND COALESCE(to_month_idx, 999999) >= ?""", [customer_id, at.idx, at.idx])
    rows = [_row("adjustment", f"{row['adjustment']}: {row['state']}", None,
                 f"{row['before']} -> {row['after']}" + (f" ({row['product']})" if row["product"] else "")
                 + f"; {row['text']}", row["rule"], row["cite"]) for row in found]
    return rows + [_row("adjustment", "trial flag", None, _words(f"set by {flag['set_by']}", flag["reason"]), "REV-41",
                        "revenue-adjustments#1") for flag in flags]


def _stage(snapshot: Snapshot, customer_id: str, at: MonthIdx) -> Rows:
    cells = customer_months(snapshot=snapshot, customer=customer_id, from_month=str(at), to_month=str(at))
    return [{**_row("result", f"{cell['series']} {cell['product'] or 'total'}", None, f"stage {cell['stage']}",
                    "REV-60..66", "lifecycle-analysis#stages"), "amount": cell["mrr"]} for cell in cells]


def _policy(snapshot: Snapshot, customer_id: str, at: MonthIdx) -> Rows:
    """The values that the tests of this month read, with their citations."""
    rules = [row["rule"] for row in snapshot.rows(
        f"SELECT DISTINCT rule FROM {snapshot.table('adjustment')} WHERE customer_id = ? AND month_idx = ? ORDER BY rule",
        [customer_id, at.idx])]
    names = ["annual_total_basis", *(name for rule in rules for name in _POLICY_OF_RULE.get(rule, ()))]
    try:
        params = policy_params(snapshot)
        return [_row("policy", f"revenue.{name}", detail=_value(params, f"revenue.{name}", at),
                     cite=params.cite(f"revenue.{name}", on=at.first_day)) for name in names]
    except UnableTo as error:
        return [_row("policy", "not readable", detail=error.message)]


def _value(params: Any, name: str, at: MonthIdx) -> str:
    for read in (params.decimal, params.integer, params.text, params.items):
        try:
            value = read(name, on=at.first_day)
        except UnableTo as error:
            if error.code != "wrong_type":
                raise
            continue
        return ", ".join(value) if isinstance(value, tuple) else str(value)
    return "see: hedgerow policy show " + name


def _trace(snapshot: Snapshot, customer_id: str, at: MonthIdx) -> Rows:
    """What each model made of this month, re-run on the customer's own landing rows, where tracing is installed."""
    try:
        from hedgerow.app.revenue.trace import trace_customer
    except ImportError:
        return []
    tables = snapshot.landing_tables()
    if not tables.get("invoices"):
        return []
    found = trace_customer(snapshot.home, customer_id, as_of=snapshot.as_of, params=policy_params(snapshot),
                           tables=tables, members=member_ids(snapshot, customer_id)[1:])
    return [_row("model", name, None, ", ".join(f"{key} {value}" for key, value in row.items()
                                                if value not in (None, "") and key not in ("customer_id", "month_idx")))
            for name, rows in found.items() for row in rows
            if row.get("month_idx") == at.idx and row.get("customer_id", customer_id) == customer_id]
