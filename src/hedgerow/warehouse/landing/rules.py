"""What a single row of the contract must hold beyond its types: the rows of the bad-input table, as SQL conditions.

Conditions see the stored columns (cents, ppm, month_idx). A NULL never fires: a value that could not be read has its
own problem already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RowRule:
    """``when`` true means a problem in ``column`` (contract name); ``message`` is an SQL expression of text."""

    table: str
    column: str
    code: str
    when: str
    message: str
    rule: str = ""
    is_error: bool = True


@dataclass(frozen=True)
class Reference:
    """A column whose value must exist in another table of the same source, or of any source."""

    table: str
    column: str
    target: str
    target_column: str
    code: str
    message: str
    rule: str
    is_error: bool = True
    in_any_source: bool = False


def _period(table: str, start: str, end: str, rule: str) -> RowRule:
    return RowRule(table, end, "period_not_positive", f"{end} <= {start}",
                   f"'the period must end after it starts, at ' || CAST({start} AS VARCHAR)", rule)


def _not_negative(table: str, column: str, stored: str, rule: str) -> RowRule:
    return RowRule(table, column, "negative_amount", f"{stored} < 0", "'must be zero or more'", rule)


def _class_needs_note(table: str) -> RowRule:
    return RowRule(table, "adjustment_class", "class_without_note", "adjustment_class IS NOT NULL AND note IS NULL",
                   "'a class set by hand needs a note that says why'", "REV-49")


_OVERRIDE = "REV-23"
_SELECTED_TYPE = "field = 'selected_type'"
_MONEY_FIELD = "field IN ('total_mrr', 'product_analytics_mrr')"
_PERCENT = "TRY_CAST(rtrim(value, '% ') AS DECIMAL(18, 4))"

ROW_RULES: tuple[RowRule, ...] = (
    _period("invoices", "period_start", "period_end", "REV-31"),
    _period("usage", "period_start", "period_end", "REV-155"),
    _period("contracts", "start_date", "end_date", "REV-42"),
    RowRule("invoices", "currency", "currency_not_supported", "upper(currency) <> 'USD'",
            "'currency ' || upper(currency[1:20]) || ' not supported; convert at source'", "REV-2"),
    RowRule("invoices", "discount_amount", "discount_out_of_range", "discount_cents < 0",
            "'a discount cannot be negative'", "REV-42"),
    _not_negative("invoices", "credit_applied_amount", "credit_applied_cents", "REV-28"),
    _not_negative("refunds", "amount", "cents", "REV-34"),
    _not_negative("credit_events", "amount", "cents", "REV-43"),
    _not_negative("credit_purchases", "list_credit_amount", "list_credit_cents", "REV-8"),
    _not_negative("credit_purchases", "price_paid_amount", "price_paid_cents", "REV-8"),
    _not_negative("subscriptions", "monthly_amount", "monthly_cents", "REV-2"),
    _not_negative("price_assignments", "limit_amount", "limit_cents", "REV-102"),
    _not_negative("usage", "units", "units", "REV-155"),
    RowRule("credit_purchases", "term_months", "term_months_invalid", "term_months < 1",
            "'the term is a whole number of months, at least 1'", "REV-30"),
    RowRule("subscriptions", "end_date", "ends_before_start", "end_date < start_date",
            "'ends before it starts, on ' || CAST(start_date AS VARCHAR)"),
    RowRule("subscriptions", "end_date", "counts_in_no_month",
            "monthly_cents IS NOT NULL AND end_date >= start_date "
            "AND end_date < date_trunc('month', start_date) + INTERVAL 1 MONTH",
            "'not active at the end of any month, so it counts in none'", is_error=False),
    RowRule("assignments", "to_date", "ends_before_start", "to_date < from_date",
            "'ends before it starts, on ' || CAST(from_date AS VARCHAR)"),
    RowRule("trial_flags", "to_month", "flag_ends_before_start", "to_month_idx < from_month_idx",
            "'the last flagged month is before the first'", "REV-41"),
    _class_needs_note("refunds"),
    _class_needs_note("credit_events"),
    RowRule("products", "product_key", "reserved_product_key", "lower(product_key) = 'total'",
            "'the name total is reserved for the sum of all products; rename the product'", "REV-27"),
    RowRule("accounts", "is_startup_plan_customer", "metadata_unclear",
            "lower(is_startup_plan_customer) NOT IN ('true', '1', 'yes', 'false', '0', 'no')",
            "'neither yes nor no: treated as true'", "AUTO-11", is_error=False),
    RowRule("merges", "canonical_customer_id", "merge_self", "source_customer_id = canonical_customer_id",
            "'a customer cannot be merged into itself'", "REV-22"),
    RowRule("overrides", "to_month", "override_ends_before_start", "to_month_idx < from_month_idx",
            "'the last month is before the first'", _OVERRIDE),
    RowRule("overrides", "applies_to", "override_not_allowed",
            f"({_SELECTED_TYPE}) <> (applies_to = 'recalc')",
            "'selected_type applies to recalc; total_mrr, product_analytics_mrr and discount_percent to summary'",
            "REV-24"),
    RowRule("overrides", "value", "override_not_allowed", f"{_SELECTED_TYPE} AND value <> 'annual'",
            "'the only value allowed for selected_type is: annual'", "REV-24"),
    RowRule("overrides", "value", "override_not_allowed",
            f"{_MONEY_FIELD} AND NOT regexp_full_match(value, '-?\\d{{1,13}}(\\.\\d{{1,2}})?')",
            "'the value must be dollars such as 1234.50'", _OVERRIDE),
    RowRule("overrides", "value", "override_not_allowed",
            "field = 'discount_percent' AND NOT regexp_full_match(value, '-?\\d{1,9}(\\.\\d{1,4})? ?%?')",
            "'the value must be a percentage such as 20'", _OVERRIDE),
    RowRule("overrides", "value", "discount_out_of_range",
            f"field = 'discount_percent' AND ({_PERCENT} < 0 OR {_PERCENT} >= 100)",
            "'a discount must be at least 0% and below 100%'", "REV-42"),
    RowRule("overrides", "value", "discount_ambiguous",
            f"field = 'discount_percent' AND {_PERCENT} > 0 AND {_PERCENT} < 1 AND value NOT LIKE '%\\%' ESCAPE '\\'",
            f"value || '% or ' || CAST(CAST({_PERCENT} * 100 AS DECIMAL(9, 2)) AS VARCHAR) "
            "|| '%? Write it with a % sign'", "REV-42"),
)

REFERENCES: tuple[Reference, ...] = (
    Reference("invoice_lines", "invoice_id", "invoices", "invoice_id", "line_without_invoice",
              "its invoice is not in this source", "REV-31"),
    Reference("refunds", "invoice_id", "invoices", "invoice_id", "refund_without_invoice",
              "the invoice that it corrects is not known, so it has no month", "REV-34", in_any_source=True),
)

# Some columns have a better word than the general one for the same mistake.
CODES: Mapping[tuple[str, str, str], str] = {
    ("overrides", "note", "missing_value"): "override_without_note",
    ("overrides", "field", "value_not_allowed"): "override_not_allowed",
    ("overrides", "applies_to", "value_not_allowed"): "override_not_allowed",
    ("credit_purchases", "term_months", "not_whole"): "term_months_invalid",
    ("credit_purchases", "term_months", "number_ambiguous"): "term_months_invalid",
    ("merges", "", "duplicate_key"): "merge_two_targets",
    ("merges", "", "key_in_other_source"): "merge_two_targets",
    ("overrides", "", "duplicate_key"): "override_overlap",
    ("overrides", "", "key_in_other_source"): "override_overlap",
}
RULES_OF_CODES: Mapping[str, str] = {
    "override_without_note": _OVERRIDE, "override_not_allowed": _OVERRIDE, "override_overlap": _OVERRIDE,
    "merge_two_targets": "REV-22", "term_months_invalid": "REV-30", "line_without_invoice": "REV-31",
}


def code_for(table: str, column: str, code: str) -> str:
    return CODES.get((table, column, code), code)
