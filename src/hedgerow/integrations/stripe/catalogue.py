"""Products, prices and tiers. A product's key is its metadata ``product_key``, else its Stripe id."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from hedgerow.integrations.stripe.cache import Cache
from hedgerow.integrations.stripe.rows import Findings, Rows
from hedgerow.integrations.stripe.shapes import Object, UnexpectedShape, id_of, money, unit_price, whole
from hedgerow.warehouse.landing.raw import RawTable


class Catalogue:
    """What lines need to know of products and prices: ``keys`` by product id, ``metered`` price ids."""

    def __init__(self, cache: Cache, findings: Findings) -> None:
        self._findings = findings
        self.keys: dict[str, str] = {}
        self.metered: set[str] = set()
        self._products = Rows("products")
        self._prices = Rows("prices")
        self._tiers = Rows("price_tiers")
        products = sorted(cache.objects("products"), key=lambda item: (item[1].get("created") or 0, item[1]["id"]))
        for _, product in products:
            self.keys[product["id"]] = _key_of(product)
        kinds = self._read_prices(cache)
        self._read_products(products, kinds)

    @property
    def tables(self) -> list[RawTable]:
        return [self._products.raw(), self._prices.raw(), self._tiers.raw()]

    def key_of(self, product: str | None) -> str | None:
        """The key of a product id; of one that is not known (deleted), the id itself."""
        return self.keys.get(product, product) if product else None

    def _read_products(self, products: list[tuple[int, Object]], kinds: dict[str, set[str]]) -> None:
        """One row per key: products that share one (one per region, an old and a new one) are one product here."""
        first: dict[str, str] = {}
        for line, product in products:
            key = self.keys[product["id"]]
            if key in first:
                self._findings.add("product_key_shared", f"has the key {key} of {first[key]}; both are one product",
                                   "products", line, product["id"])
                continue
            first[key] = product["id"]
            metadata = product.get("metadata") or {}
            used = kinds.get(key, set())
            kind = metadata.get("kind") or ("metered" if "metered" in used or not used else "flat")
            self._products.add(product_key=key, name=product.get("name"), kind=kind,
                               default_price_id=id_of(product.get("default_price")),
                               launched_on=metadata.get("launched_on"))

    def _read_prices(self, cache: Cache) -> dict[str, set[str]]:
        """The usage types of each product's prices, by product key."""
        kinds: dict[str, set[str]] = {}
        for line, price in cache.objects("prices"):
            key = self.key_of(id_of(price.get("product")))
            usage = (price.get("recurring") or {}).get("usage_type") or "licensed"
            kinds.setdefault(key or "", set()).add(usage)
            if usage == "metered":
                self.metered.add(price["id"])
            try:
                self._add_price(line, price, key)
            except (UnexpectedShape, InvalidOperation, KeyError, TypeError, AttributeError) as error:
                self._findings.refuse("prices", "unexpected_shape", f"cannot be read: {error}", "prices", line,
                                      price["id"])
        return kinds

    def _add_price(self, line: int, price: Object, key: str | None) -> None:
        currency = str(price.get("currency") or "").upper()
        if currency != "USD":
            self._findings.add("currency_not_supported", f"a price in {currency}; it is left out of the prices",
                               "prices", line, price["id"], rule="REV-2", value=currency)
            return
        tiers, flat = self._tiers_of(line, price)
        self._prices.add(price_id=price["id"], product_key=key, description=price.get("nickname"),
                         flat_amount=flat)
        for number, tier in enumerate(tiers, start=1):
            self._tiers.add(price_id=price["id"], tier=str(number), **tier)

    def _tiers_of(self, line: int, price: Object) -> tuple[list[dict[str, str | None]], str | None]:
        """(tiers, flat fee per period). What the contract cannot say is left out and named, never bent to fit."""
        packages = (price.get("transform_quantity") or {}).get("divide_by") or 1
        if packages != 1:
            return self._unsaid(line, price, f"sold in packages of {packages}")
        if price.get("billing_scheme") == "tiered":
            if price.get("tiers_mode") != "graduated":
                return self._unsaid(line, price, f"tiers of mode {price.get('tiers_mode')}")
            return [_tier(tier) for tier in price.get("tiers") or ()], None
        if price.get("unit_amount") is None and price.get("unit_amount_decimal") is None:
            return self._unsaid(line, price, "the customer chooses the amount")
        if (price.get("recurring") or {}).get("usage_type") == "metered":
            return [{"up_to": None, "unit_price": unit_price(price, "unit_amount")}], None
        return [], _dollars(price, "unit_amount")

    def _unsaid(self, line: int, price: Object, what: str) -> tuple[list[dict[str, str | None]], None]:
        self._findings.add("price_without_tiers", f"{what}: stored without its amounts; forecasts cannot price it",
                           "prices", line, price["id"], rule="REV-102")
        return [], None


def _key_of(product: Object) -> str:
    return (product.get("metadata") or {}).get("product_key") or str(product["id"])


def _tier(tier: Object) -> dict[str, str | None]:
    up_to = tier.get("up_to")
    flat = tier.get("flat_amount") is not None or tier.get("flat_amount_decimal") is not None
    return {"up_to": None if up_to is None else str(whole(tier, "up_to")),
            "unit_price": unit_price(tier, "unit_amount"),
            "flat_amount": _dollars(tier, "flat_amount") if flat else None}


def _dollars(found: Object, name: str) -> str:
    """Dollars; parts of a cent stay, so that landing refuses them by name."""
    if found.get(name) is not None:
        return money(whole(found, name))
    return f"{Decimal(str(found[f'{name}_decimal'])).scaleb(-2).normalize():f}"
