"""Against localstripe, somebody else's imitation of Stripe: customers, products, plans, invoices, refunds.

It speaks an earlier API shape (plans, invoice.charge) and answers neither prices, credit notes, ``created`` filters,
invoice payments nor balance transactions; those are left out here and tried against our own fake.
"""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hedgerow.integrations.stripe import importer
from hedgerow.warehouse.landing.raw import Delivery

pytest.importorskip("stripe", reason="the Stripe client is not installed")
pytestmark = pytest.mark.skipif(importlib.util.find_spec("localstripe") is None, reason="localstripe is not installed")

UNANSWERED = "prices+credit_notes+unsettled+refund_invoices+balance_transactions"
KEY = "sk_test_12345"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "localstripe", "--from-scratch", "--port", str(port)],
                              cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if server.poll() is not None:
                pytest.fail("localstripe stopped at once")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        else:
            pytest.fail("localstripe did not open its port")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=10)


def read(base: str, folder: Path, **options: str) -> Delivery:
    return importer.read_account(folder, {"skip": UNANSWERED, **options}, sleep=lambda _: None, say=lambda _: None,
                                 environ={"STRIPE_API_KEY": KEY, "HEDGEROW_STRIPE_API_BASE": base})


def rows(delivery: Delivery, table: str, *columns: str) -> list[Any]:
    found = next(raw.data for raw in delivery.tables if raw.table == table)
    return sorted(tuple(row[column] for column in columns) for row in found.to_pylist())


def company(base: str) -> dict[str, str]:
    """Made through the official client: 12 customers, of which one subscribes to a plan with 20 % tax and refunds."""
    import stripe

    client = stripe.StripeClient(KEY, base_addresses={"api": base}, max_network_retries=0)

    def post(path: str, **params: Any) -> Any:
        import json

        return json.loads(client.raw_request("post", f"/v1/{path}", **params).body)

    product = post("products", name="Analytics", type="service")
    plan = post("plans", id="plan_pro", product=product["id"], amount=2000, currency="usd", interval="month",
                nickname="Pro")
    rate = post("tax_rates", display_name="VAT", percentage="20", inclusive="false")
    customers = [post("customers", name=f"Company {i}", email=f"billing@c{i}.example",
                      metadata={"is_startup_plan_customer": "true"} if i == 0 else {"note": "x"}) for i in range(12)]
    payer = customers[1]["id"]
    method = post("payment_methods", type="card", card={"number": "4242424242424242", "exp_month": "12",
                                                        "exp_year": "2040", "cvc": "123"})
    post(f"payment_methods/{method['id']}/attach", customer=payer)
    post(f"customers/{payer}", invoice_settings={"default_payment_method": method["id"]})
    subscribed = post("subscriptions", customer=payer, items=[{"plan": plan["id"], "quantity": 3}],
                      default_tax_rates=[rate["id"]])
    invoice = subscribed["latest_invoice"]
    found = post("refunds", charge=_charge(client, invoice), amount=500)
    return {"payer": payer, "product": product["id"], "invoice": invoice, "refund": found["id"]}


def _charge(client: Any, invoice: str) -> str:
    import json

    return str(json.loads(client.raw_request("get", f"/v1/invoices/{invoice}").body)["charge"]["id"])


def test_a_company_made_there_is_read_from_there(base: str, tmp_path: Path) -> None:
    """3 seats at 20.00 with 20 % tax are 60.00 + 12.00; 5.00 went back. Read again in full, nothing changes."""
    made = company(base)
    delivery = read(base, tmp_path / "cache")
    assert len(rows(delivery, "accounts", "customer_id")) == 12
    assert ("Company 0", "startup") in rows(delivery, "accounts", "name", "billing_config")
    assert rows(delivery, "products", "product_key", "name") == [(made["product"], "Analytics")]
    assert rows(delivery, "subscriptions", "customer_id") == [(made["payer"],)]
    assert rows(delivery, "invoices", "invoice_id", "customer_id", "status", "currency", "tax_amount",
                "total_amount") == [(made["invoice"], made["payer"], "paid", "USD", "12.00", "72.00")]
    assert rows(delivery, "invoice_lines", "invoice_id", "product_key", "price_id", "units", "net_amount",
                "is_flat_fee") == [(made["invoice"], made["product"], "plan_pro", "3", "60.00", "true")]
    assert rows(delivery, "refunds", "refund_id", "invoice_id", "amount") == [
        (made["refund"], made["invoice"], "5.00")]
    assert delivery.problems == ()
    kept = {file.name: file.read_bytes() for file in (tmp_path / "cache").glob("*.jsonl")}
    read(base, tmp_path / "cache", full="true")
    assert {file.name: file.read_bytes() for file in (tmp_path / "cache").glob("*.jsonl")} == kept
