"""Shapes about which the requirements are silent: outside of SHAPES; a name in ORACLE_SHAPES brings them in."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from .arithmetic import first_day
from .draws import amount, run_of_months, some_products
from .landing import Landing
from .rows import midnight


def credit_beyond_charge(land: Landing, rng: Random) -> None:
    """A balance credit larger than the invoice."""
    customer = land.account()
    for month in run_of_months(rng, 3, 6):
        nets = some_products(rng)
        charge = sum(net for _, net in nets)
        land.month_invoice(customer, month, nets, tax_cents=rng.choice([None, 500]),
                           credit_applied_cents=charge + rng.choice([1, 501, 100_000]))


def annual_refunds(land: Landing, rng: Random) -> None:
    """A refund on a usage invoice that prepaid credit paid; tax and credit together on a standard row."""
    customer = land.account(billing_config="annual_upfront")
    months = run_of_months(rng, 6, 12)
    land.purchase(customer, first_day(months[0]), 12, 5_000_000, 4_000_000, discount_ppm=200_000)
    for month in months:
        nets = some_products(rng)
        invoice = land.month_invoice(customer, month, nets, classification="annual")
        if rng.random() < 0.4:
            land.refund(invoice, amount(rng) + 1, product_key=rng.choice([None, "product_analytics"]))
        if rng.random() < 0.4:
            land.month_invoice(customer, month, some_products(rng), tax_cents=777, credit_applied_cents=1)


def startup_row_after_move(land: Landing, rng: Random) -> None:
    """A startup invoice in a month whose last row is already a paid one."""
    customer = land.account(billing_config="startup", is_startup_plan_customer="true")
    months = run_of_months(rng, 4, 6)
    land.grant(customer, first_day(months[0]), 10_000_000)
    land.config(customer, midnight(first_day(months[2])) + timedelta(days=14), "paid")
    for i, month in enumerate(months):
        if i <= 2:
            end = midnight(first_day(month)) + timedelta(days=14)
            land.invoice(customer, end - timedelta(days=30), end, some_products(rng), classification="startup")
        if i >= 2:
            land.month_invoice(customer, month, some_products(rng))
