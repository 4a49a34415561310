"""Checks that every build must pass before its snapshot becomes the current one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal

from hedgerow.kernel.params import Params
from hedgerow.warehouse.engines.base import Engine


@dataclass(frozen=True)
class Check:
    """One question to a finished build. A check that fails marks the whole build failed."""

    check: str
    rule: str
    ok: bool
    detail: str

    def as_row(self) -> dict[str, object]:
        return asdict(self)


def check_build(engine: Engine, params: Params, *, accept_loss: bool = False) -> list[Check]:
    """All checks; each one counts its own breaches in the built tables."""
    counted = [_counted(engine, *check) for check in _COUNTED]
    return [*counted, _merge_chains(engine), _vanished(engine, params, accept_loss)]


def failed(checks: list[Check]) -> list[Check]:
    return [check for check in checks if not check.ok]


_Counted = tuple[str, str, str, str]

_COUNTED: list[_Counted] = [
    ("waterfall", "REV-28", "customer-months whose list - discount - credit - refund is not their total",
     "SELECT COUNT(*) FROM special_fact AS c WHERE c.list_cents - c.discount_cents - c.credit_applied_cents "
     "- c.refund_cents <> c.total_cents"),
    ("one row per customer-month", "REV-21", "customer-months that stand twice in the summary",
     "SELECT COUNT(*) FROM (SELECT c.customer_no, c.month_idx FROM customer_fact AS c "
     "GROUP BY c.customer_no, c.month_idx HAVING COUNT(*) > 1) AS d"),
    ("layers agree", "REV-21", "months whose unadjusted stages do not add up to the summary",
     "SELECT COUNT(*) FROM (SELECT c.month_idx, CAST(SUM(c.mrr_cents) AS BIGINT) AS total_cents "
     "FROM customer_fact AS c GROUP BY c.month_idx) AS s "
     "LEFT JOIN (SELECT l.month_idx, CAST(SUM(l.mrr_cents) AS BIGINT) AS staged_cents "
     "FROM stage_fact AS l WHERE l.scope_no = 0 AND l.owner_no % 2 = 0 GROUP BY l.month_idx) AS l "
     "ON l.month_idx = s.month_idx WHERE s.total_cents <> COALESCE(l.staged_cents, 0)"),
    ("baseline", "REV-150", "months in which baseline is not retained less churned",
     "SELECT COUNT(*) FROM (SELECT m.series, m.scope, m.month_idx, CAST(SUM(CASE WHEN m.component = 'baseline' "
     "THEN m.amount_cents WHEN m.component = 'retained' THEN -m.amount_cents WHEN m.component = 'churned' "
     "THEN m.amount_cents ELSE 0 END) AS BIGINT) AS gap_cents FROM movement AS m "
     "GROUP BY m.series, m.scope, m.month_idx) AS g WHERE g.gap_cents <> 0"),
    ("movements add up", "REV-150", "months whose components do not add up to their revenue",
     "SELECT COUNT(*) FROM (SELECT m.month_idx, CAST(SUM(CASE WHEN m.component = 'baseline' OR m.component = 'churned' "
     "THEN 0 ELSE m.amount_cents END) AS BIGINT) AS parts_cents FROM movement AS m "
     "WHERE m.series = 'adjusted' AND m.scope = 'total' GROUP BY m.month_idx) AS p "
     "LEFT JOIN (SELECT l.month_idx, CAST(SUM(l.mrr_cents) AS BIGINT) AS staged_cents FROM stage_fact AS l "
     "WHERE l.scope_no = 0 AND (l.owner_no % 8 = 0 OR l.owner_no % 2 = 1) GROUP BY l.month_idx) AS s "
     "ON s.month_idx = p.month_idx WHERE p.parts_cents <> COALESCE(s.staged_cents, 0)"),
    ("GDR at most NDR", "REV-82", "retention cells in which capped revenue exceeds current or base revenue",
     "SELECT COUNT(*) FROM retention AS r WHERE r.capped_cents > r.current_cents OR r.capped_cents > r.base_cents"),
    ("prepayments add up", "REV-30", "prepayments whose split rows do not add up to the price paid",
     "SELECT COUNT(*) FROM (SELECT p.purchase_id, MAX(p.parts) AS parts, MAX(p.price_paid_cents) AS price_cents, "
     "COUNT(*) AS n, CAST(SUM(p.paid_part) AS BIGINT) AS paid_cents "
     "FROM prepaid_span AS p GROUP BY p.purchase_id) AS s "
     "WHERE s.n = s.parts AND s.paid_cents <> s.price_cents"),
    ("credit charges add up", "REV-13", "credit charges whose split rows do not add up to the charge",
     "SELECT COUNT(*) FROM (SELECT a.invoice_id, MAX(a.parts) AS parts, COUNT(*) AS n, "
     "CAST(SUM(a.paid_part) AS BIGINT) AS paid_cents FROM amortized_span AS a GROUP BY a.invoice_id) AS s "
     "INNER JOIN invoice_charge AS c ON c.invoice_id = s.invoice_id "
     "WHERE s.n = s.parts AND s.paid_cents <> c.products_cents"),
]


def _counted(engine: Engine, name: str, rule: str, breach: str, sql: str) -> Check:
    count = int(engine.query(sql)[0][0])
    return Check(name, rule, count == 0, f"{count} {breach}" if count else "holds")


def _merge_chains(engine: Engine) -> Check:
    count = int(engine.query("SELECT COUNT(*) FROM customer_redirect AS m INNER JOIN customer_redirect AS n "
                             "ON n.source_customer_id = m.customer_id WHERE m.kind <> 'billed_via'")[0][0])
    breach = f"{count} merges end at a customer that is merged itself; map the source directly"
    return Check("merge chains", "REV-22", count == 0, breach if count else "holds")


def _vanished(engine: Engine, params: Params, accept_loss: bool) -> Check:
    """More than a fifth of the paying customers without any row in the next closed month: a load failed, not churn.

    A subscription that was ended on purpose, and a final invoice of zero, are not vanishing.
    """
    share = params.decimal("revenue.vanished_share_max")
    rows = engine.query(
        "SELECT m.month, COUNT(*) AS paying, "
        "CAST(SUM(CASE WHEN n.customer_id IS NULL AND e.customer_id IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS gone "
        "FROM customer_month AS c "
        "INNER JOIN policy_month AS m ON m.month_idx = c.month_idx + 1 "
        "INNER JOIN policy_month AS o ON o.month_idx = c.month_idx + 2 AND o.status = 'open' "
        "LEFT JOIN customer_month AS n ON n.customer_id = c.customer_id AND n.month_idx = c.month_idx + 1 "
        "LEFT JOIN (SELECT DISTINCT s.customer_id FROM subscription_month AS s) AS e ON e.customer_id = c.customer_id "
        "WHERE c.mrr_cents > 0 GROUP BY m.month")
    if not rows:
        return Check("customers still there", "REV-147", True, "no two closed months to compare")
    month, paying, gone = rows[0][0], int(rows[0][1]), int(rows[0][2] or 0)
    detail = f"{gone} of {paying} customers that paid the month before have no row in {month}"
    is_loss = paying >= params.integer("revenue.vanished_min_customers") and Decimal(gone) * 100 > share * paying
    if is_loss and not accept_loss:
        return Check("customers still there", "REV-147", False,
                     f"{detail}: more than {share} %. Look for a failed load, or run again with --accept-loss")
    return Check("customers still there", "REV-147", True, detail + (" (accepted)" if is_loss else ""))


