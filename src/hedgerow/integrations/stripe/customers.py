"""Accounts, the customer objects behind them, and their subscriptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hedgerow.integrations.stripe.cache import Cache
from hedgerow.integrations.stripe.rows import Findings, Rows
from hedgerow.integrations.stripe.shapes import Object, UnexpectedShape, instant, iso, owner_of
from hedgerow.warehouse.landing.raw import RawTable

_FALSE = ("", "false", "0", "no")  # AUTO-11; any other text reads as true
_REGIONS = ("US", "EU")
_NEVER_STARTED = ("incomplete", "incomplete_expired")
_PLAIN = ("owner_id", "segment", "shared_billing_id", "annual_plan_starts_at", "annual_plan_ends_at",
          "parent_customer_id")


class Customers:
    """``configs``: billing configuration by customer, where it is not plain ``paid``."""

    def __init__(self, cache: Cache, findings: Findings) -> None:
        self._findings = findings
        self.configs: dict[str, str] = {}
        self._known: set[str] = set()
        self._accounts = Rows("accounts")
        self._provider = Rows("provider_customers")
        self._subscriptions = Rows("subscriptions")
        for line, customer in cache.objects("customers"):
            self._guarded("accounts", "customers", line, customer, self._add)
        for line, subscription in cache.objects("subscriptions"):
            self._guarded("subscriptions", "subscriptions", line, subscription, self._add_subscription)

    @property
    def tables(self) -> list[RawTable]:
        return [self._accounts.raw(), self._provider.raw(),
                self._subscriptions.raw()]

    def name_from_invoice(self, line: int, invoice: Object) -> None:
        """A customer that was deleted before it was ever read is known from its invoices alone."""
        owner = owner_of(invoice)
        if owner and owner not in self._known:
            self._known.add(owner)
            name = invoice.get("customer_name") or invoice.get("customer_email")
            self._accounts.add(customer_id=owner, name=name, domain=_domain(invoice.get("customer_email")))
            self._provider.add(provider_customer_id=owner, customer_id=owner, role="single")
            self._findings.add("customer_not_listed", "is not among the customers listed (deleted at Stripe?); "
                               "named from its invoices", "invoices", line, owner)

    def _guarded(self, table: str, kind: str, line: int, found: Object, add: Callable[[int, Object], None]) -> None:
        try:
            add(line, found)
        except (UnexpectedShape, KeyError, TypeError, AttributeError) as error:
            self._findings.refuse(table, "unexpected_shape", f"cannot be read: {error}", kind, line, found["id"])

    def _add(self, line: int, customer: Object) -> None:
        metadata = customer.get("metadata") or {}
        startup = metadata.get("is_startup_plan_customer")
        config = metadata.get("billing_config") or ("startup" if _is_true(startup) else "paid")
        if config != "paid":
            self.configs[customer["id"]] = config.strip().lower()
        region = (metadata.get("region") or "").strip().upper()
        if region and region not in _REGIONS:
            self._findings.add("region_unknown", "the metadata region is neither US nor EU; left empty", "customers",
                               line, customer["id"], value=metadata["region"])
        self._known.add(customer["id"])
        self._accounts.add(
            customer_id=customer["id"], billing_config=config, is_startup_plan_customer=startup,
            name=customer.get("name") or customer.get("business_name") or customer.get("email"),
            domain=_domain(customer.get("email")), region=region if region in _REGIONS else None,
            tax_status="with_tax" if customer.get("tax_exempt", "none") == "none" else "without_tax",
            credit_expires_at=_expiry(metadata.get("credit_expires_at")), created_at=iso(customer.get("created")),
            **{name: metadata.get(name) for name in _PLAIN})
        self._provider.add(provider_customer_id=customer["id"], customer_id=customer["id"],
                           role=metadata.get("role") or "single")

    def _add_subscription(self, line: int, found: Object) -> None:
        """The monthly amount stays empty: the invoices carry the money, and nothing may count twice."""
        if found.get("status") in _NEVER_STARTED:
            return self._findings.add("subscription_never_started", "its first payment never came; left out",
                                      "subscriptions", line, found["id"])
        owner, ended = owner_of(found), found.get("ended_at")
        # The day after the last day: of an end at midnight that day itself, of any later instant the next one.
        end = None if ended is None else (instant(ended) - timedelta(seconds=1)).date() + timedelta(days=1)
        start = found["start_date"] if found.get("start_date") is not None else found["created"]
        self._subscriptions.add(subscription_id=found["id"], customer_id=owner, provider_customer_id=owner,
                                start_date=instant(start).date().isoformat(), end_date=end.isoformat() if end else None)
        return None


def _is_true(text: str | None) -> bool:
    """AUTO-11: metadata is text; what is neither yes nor no reads as true, and landing reports it."""
    return (text or "").strip().lower() not in _FALSE


def _domain(email: str | None) -> str | None:
    return email.rpartition("@")[2].strip().lower() or None if email and "@" in email else None


def _expiry(text: str | None) -> str | None:
    """A date or instant as it is written; ten digits are seconds since 1970."""
    plain = (text or "").strip()
    return iso(int(plain)) if plain.isascii() and plain.isdigit() and len(plain) == 10 else text
