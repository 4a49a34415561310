"""What the demo company sells, and the exact price of a number of units (BILL-200)."""

from __future__ import annotations

from dataclasses import dataclass

E10 = 10**10
_E10_PER_CENT = 10**8


@dataclass(frozen=True)
class Product:
    """Tiers are (last unit included or None, unit price in 10^-10 dollars), graduated; a flat product has none."""

    key: str
    name: str
    kind: str
    launched_on: str
    tiers: tuple[tuple[int | None, int], ...] = ()
    flat_cents: int = 0

    @property
    def price_id(self) -> str:
        return f"price_{self.key}"


def _e10(text: str) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(10, "0"))


def _tiers(*steps: tuple[int | None, str]) -> tuple[tuple[int | None, int], ...]:
    return tuple((up_to, _e10(price)) for up_to, price in steps)


_M = 1_000_000

#: Product analytics carries the sample tiers of the billing rules; all others are invented.
PRODUCTS: dict[str, Product] = {p.key: p for p in (
    Product("product_analytics", "Product analytics", "metered", "2014-01-01", _tiers(
        (_M, "0"), (2 * _M, "0.00005"), (15 * _M, "0.0000343"), (50 * _M, "0.0000295"), (100 * _M, "0.0000218"),
        (250 * _M, "0.000015"), (None, "0.000009"))),
    Product("session_replay", "Session replay", "metered", "2014-01-01", _tiers(
        (4_000, "0"), (15_000, "0.0046"), (60_000, "0.0032"), (200_000, "0.0021"), (None, "0.0016"))),
    Product("feature_flags", "Feature flags", "metered", "2014-01-01", _tiers(
        (_M, "0"), (3 * _M, "0.00009"), (12 * _M, "0.000047"), (60 * _M, "0.000024"), (None, "0.000011"))),
    Product("surveys", "Surveys", "metered", "2015-06-01", _tiers(
        (300, "0"), (800, "0.11"), (2_000, "0.04"), (None, "0.015"))),
    Product("error_tracking", "Error tracking", "metered", "2016-03-01", _tiers(
        (80_000, "0"), (300_000, "0.00036"), (1_500_000, "0.00015"), (None, "0.00011"))),
    Product("data_warehouse", "Data warehouse", "metered", "2016-03-01", _tiers(
        (10 * _M, "0.01"), (None, "0.008"))),
    Product("platform_package", "Platform package", "platform_package", "2015-01-01", flat_cents=200_00),
    Product("prepaid_credit", "Prepaid credit", "flat", "2014-01-01"),
)}

#: A price that one customer negotiated: same boundaries, lower prices (BILL-133, BILL-135).
NEGOTIATED_PRICE = "price_product_analytics_negotiated"
NEGOTIATED_TIERS = _tiers(
    (_M, "0"), (2 * _M, "0.00004"), (15 * _M, "0.00003"), (50 * _M, "0.000025"), (100 * _M, "0.00002"),
    (250 * _M, "0.000014"), (None, "0.000009"))


def half_up(numerator: int, denominator: int) -> int:
    """Nearest whole number of a fraction that is not negative; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def tier_price(tiers: tuple[tuple[int | None, int], ...], units: int) -> int:
    """Cents for the units, added exactly over the tiers and rounded once (BILL-200)."""
    total, lower = 0, 0
    for up_to, price in tiers:
        upper = units if up_to is None or units < up_to else up_to
        total += (upper - lower) * price
        if upper == units:
            break
        lower = upper
    return half_up(total, _E10_PER_CENT)


def list_price(product_key: str, units: int) -> int:
    """List price in cents of one month's units at the default price."""
    product = PRODUCTS[product_key]
    return tier_price(product.tiers, units) if product.tiers else product.flat_cents


def units_for(product_key: str, cents: int) -> int:
    """The fewest units whose list price reaches about so many cents; exact where a unit costs a cent."""
    left, lower = cents * _E10_PER_CENT, 0
    for up_to, price in PRODUCTS[product_key].tiers:
        if up_to is not None and (room := (up_to - lower) * price) < left:
            left -= room
            lower = up_to
        elif price == 0:
            return lower + (up_to or lower) // 2
        else:
            return lower + -(-left // price)
    return lower
