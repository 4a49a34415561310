"""A whole account from the API to the landing store, and on to MRR."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.integrations.stripe.conftest import Account
from tests.integrations.stripe.objects import (
    credit_note,
    customer,
    invoice,
    invoice_payment,
    line,
    metered,
    note_line,
    price,
    product,
    refund,
    subscription,
    transaction,
)


def small_company(account: Account) -> None:
    """Two customers. Ada: usage, coupon, tax, a credit note by product, a given credit. Bob: a flat fee in advance."""
    fake = account.fake
    fake.add("products", product("prod_a", metadata={"product_key": "analytics"}, default_price="price_a"),
             product("prod_b", name="Support"))
    fake.add("prices", metered("price_a", "prod_a", billing_scheme="tiered", tiers_mode="graduated", tiers=[
        {"up_to": 1000, "unit_amount": 0, "unit_amount_decimal": "0", "flat_amount": None,
         "flat_amount_decimal": None},
        {"up_to": None, "unit_amount": None, "unit_amount_decimal": "0.00343", "flat_amount": 500,
         "flat_amount_decimal": "500"}]), price("price_b", "prod_b", unit_amount=9900, unit_amount_decimal="9900"))
    fake.add("customers", customer("cus_a"), customer("cus_b", "Bob Inc", email="ops@bob.example"))
    fake.add("subscriptions", subscription("sub_a", "cus_a", "2025-09-01"),
             subscription("sub_b", "cus_b", "2025-10-10 12:00", status="canceled"))
    fake.objects["subscriptions"][1]["ended_at"] = 1765324800  # 2025-12-10 00:00
    usage = line(20000, quantity=5_000, discounts=(1500, 500), id="il_usage")
    fake.add("invoices", invoice("in_a", "cus_a", [usage, line(5000, None, None, id="il_item")], tax=1000,
                                 starting_balance=-3000, ending_balance=0),
             invoice("in_b", "cus_b", [line(9900, "prod_b", "price_b", start="2025-10-10", end="2025-11-10",
                                            id="il_flat")], created="2025-10-10"))
    fake.add("credit_notes", credit_note("cn_1", "in_a", [note_line(2000, "il_usage")], total=2100,
                                         metadata={"reason": "billing_error"}, reason="duplicate"))
    fake.add("refunds", refund("re_1", 700, "pi_b"))
    fake.add("invoice_payments", invoice_payment("in_b", "pi_b"))
    fake.add("balance_transactions",
             transaction("cbtxn_1", "cus_a", -3000, "adjustment", metadata={"reason": "incident_credit"}),
             transaction("cbtxn_2", "cus_a", 3000, "applied_to_invoice", created="2025-11-01", of_invoice="in_a"))


def test_a_whole_account_lands_exactly(account: Account) -> None:
    small_company(account)
    result = account.land()
    assert [str(problem) for problem in result.problems] == []
    assert account.stored("accounts", "customer_id, name, domain, billing_config, tax_status") == [
        ("cus_a", "Ada Ltd", "ada.example", "paid", "with_tax"),
        ("cus_b", "Bob Inc", "bob.example", "paid", "with_tax")]
    assert account.stored("products", "product_key, name, kind, default_price_id") == [
        ("analytics", "Prod_A", "metered", "price_a"), ("prod_b", "Support", "flat", None)]
    assert account.stored("prices", "price_id, product_key, flat_cents") == [
        ("price_a", "analytics", None), ("price_b", "prod_b", 9900)]
    # 0.00343 cents a unit are 0.0000343 dollars: 343000 of the ten-billionth that is stored.
    assert account.stored("price_tiers", "tier, up_to, unit_e10, flat_cents") == [
        (1, 1000, 0, None), (2, None, 343000, 500)]
    assert account.stored("invoices", "invoice_id, customer_id, period_start::DATE, period_end::DATE, status, "
                                      "tax_cents, credit_applied_cents, total_cents") == [
        ("in_a", "cus_a", date(2025, 10, 1), date(2025, 11, 1), "paid", 1000, 3000, 24000),
        ("in_b", "cus_b", date(2025, 10, 10), date(2025, 11, 10), "paid", 0, 0, 9900)]
    assert account.stored("invoice_lines", "line_id, product_key, units, list_cents, net_cents, is_flat_fee, "
                                           "month_idx - 24299") == [  # 24299 is December 2024
        ("il_flat", "prod_b", 1, 9900, 9900, True, 11), ("il_item", None, 1, 5000, 5000, True, 10),
        ("il_usage", "analytics", 5000, 20000, 18000, False, 10)]
    assert account.stored("refunds", "refund_id, invoice_id, product_key, cents, reason, note") == [
        ("cn_1", "in_a", "analytics", 2000, "billing_error", "Stripe: duplicate"),
        ("cn_1#2", "in_a", None, 100, "billing_error", "Stripe: duplicate"), ("re_1", "in_b", None, 700, "other", None)]
    assert account.stored("credit_events", "credit_event_id, customer_id, cents, reason, month_idx - 24299") == [
        ("cbtxn_1", "cus_a", 3000, "Incident Credit", 10)]
    assert account.stored("subscriptions", "subscription_id, start_date, end_date, monthly_cents") == [
        ("sub_a", date(2025, 9, 1), None, None), ("sub_b", date(2025, 10, 10), date(2025, 12, 10), None)]


def test_the_import_and_the_run_give_the_mrr_worked_out_by_hand(account: Account) -> None:
    """Ada, October: 180 + 50 + 10 tax - 30 credit - 21 refund = 189. Bob's fee ends in November: 99 - 7 = 92.

    Credit lowers products in proportion (REV-154): 180 x 210 / 240 = 157.50, less the 20 of the credit note (REV-34).
    Bob's refund names no product, so his product keeps its 99.
    """
    from hedgerow.kernel.calendar import MonthIdx
    from hedgerow.policies.loader import load_policies
    from hedgerow.warehouse.engines import open_engine
    from hedgerow.warehouse.snapshot import build_snapshot
    from hedgerow.warehouse.snapshot_reader import Snapshot

    small_company(account)
    account.land()
    day = date(2025, 12, 10)
    engine = open_engine("duckdb")
    try:
        built = build_snapshot(account.home, engine, as_of=day, params=load_policies(None).params(day, day),
                               created_at=datetime(2025, 12, 10, tzinfo=UTC), on_step=lambda *_: None)
    finally:
        engine.close()
    assert built.is_ok, [check for check in built.checks if not check.ok]
    with Snapshot.open(account.home) as snapshot:
        found = snapshot.rows("SELECT customer_id, month_idx, total_cents, credit_applied_cents, refund_cents "
                              f"FROM {snapshot.table('customer_month')} WHERE total_cents <> 0 ORDER BY ALL")
        products = snapshot.rows("SELECT customer_id, product_key, mrr_cents FROM "
                                 f"{snapshot.table('product_month')} WHERE product_key <> '' ORDER BY ALL")
    months = [(row["customer_id"], MonthIdx(row["month_idx"]), *list(row.values())[2:]) for row in found]
    october, november = MonthIdx.parse("2025-10"), MonthIdx.parse("2025-11")
    assert months == [("cus_a", october, 18900, 3000, 2100), ("cus_b", november, 9200, 0, 700)]
    assert [tuple(row.values()) for row in products] == [("cus_a", "analytics", 13750), ("cus_b", "prod_b", 9900)]
