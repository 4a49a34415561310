"""Bring the cache up to date: list what is new, look again at what may have changed, continue where a kill stopped.

Stripe's lists can be limited by ``created`` only; there is no "changed since". So:
- products, prices, customers and subscriptions change in place at any time and are few: listed whole every time;
- invoices, credit notes and refunds are many and settle: listed from a look-back window before the newest one seen;
- invoices that have not settled (draft, open, uncollectible) are listed by their state whatever their age, and one that
  was unsettled and is in none of these lists any more is read by itself (it was paid, voided or deleted meanwhile);
- balance transactions hang on customers: read for those with a balance, or with an invoice that used one, whenever the
  customer's balance or such invoices changed.
No clock is read: the window is counted back from the newest object seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hedgerow.integrations.stripe.cache import Cache
from hedgerow.integrations.stripe.client import GoneError, Requests
from hedgerow.integrations.stripe.shapes import (
    Object,
    digest_of,
    id_of,
    pruned,
    pruned_line,
    pruned_transaction,
)
from hedgerow.warehouse.landing.raw import UnableToRead

PAGE = 100
LOOKBACK_DAYS = 60
UNSETTLED = ("draft", "open", "uncollectible")
_GONE = "gone"
_REFUND_COUNTS = ("succeeded", "pending")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Walk:
    """One list read from its first page to its last. ``is_windowed``: only what was created in the window."""

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    is_windowed: bool = False


WALKS = (
    Walk("products"),
    Walk("prices", {"expand": ["data.tiers"]}),
    Walk("customers"),
    Walk("subscriptions", {"status": "all"}),
    Walk("invoices", is_windowed=True),
    Walk("credit_notes", is_windowed=True),
    Walk("refunds", is_windowed=True),
)
STEPS = (*(walk.kind for walk in WALKS), "unsettled", "refund_invoices", "balance_transactions")


@dataclass(frozen=True)
class Wish:
    """What the caller asks for. ``skips`` are names of STEPS that this key or server does not answer."""

    lookback_days: int = LOOKBACK_DAYS
    is_full: bool = False
    skips: frozenset[str] = frozenset()


class Fetch:
    """One import's reading. After it the cache holds everything; ``changed`` counts new and changed objects."""

    def __init__(self, cache: Cache, requests: Requests, wish: Wish, say: Say) -> None:
        self.cache, self.requests, self.wish, self.say = cache, requests, wish, say
        self.changed = 0
        self._was_empty = not cache.index["invoices"]

    def run(self) -> None:
        """Every step that is not done yet. Raises UnableToRead; what was read until then is kept."""
        self._check_account()
        state = self.cache.state
        if state.get("done") or state.get("walk"):
            self.cache.notes.append("An interrupted import was continued.")
        for step in STEPS:
            if step in state.setdefault("done", []) or step in self.wish.skips:
                continue
            try:
                self._step(step)
            except GoneError as error:
                raise UnableToRead("stripe_error", (
                    f"{error} is not answered. If something was deleted just now, import again; else leave it out with "
                    f"--option skip={step}")) from None
            state["done"].append(step)
            state.pop("walk", None)
            self.cache.save()
        state.update(done=[], walk=None)
        self.cache.save()

    def _step(self, step: str) -> None:
        walks = {walk.kind: walk for walk in WALKS}
        if step in walks:
            self._walk(walks[step])
        elif step == "unsettled":
            self._unsettled()
        elif step == "refund_invoices":
            self._refund_invoices()
        else:
            self._balances()

    def _check_account(self) -> None:
        """A cache filled from another account would mix two companies: one known customer must exist here too."""
        known = next((key for key, entry in self.cache.index["customers"].items() if entry.digest != _GONE), None)
        if known is None:
            return
        try:
            self.requests.get("customers", known)
        except GoneError:
            raise UnableToRead("other_account", (
                f"{self.cache.folder} holds customers that this key's account does not have. Name another folder for "
                "this account, or take that folder away")) from None

    # -- lists -------------------------------------------------------------------------------------------------------

    def _walk(self, walk: Walk) -> None:
        """Page after page; where a page stopped is kept, so that the next import goes on there."""
        newest = self.cache.state.setdefault("newest", {})
        place = self.cache.state.get("walk") or {}
        if place.get("kind") != walk.kind:
            place = {"kind": walk.kind, "after": None, "since": self._since(walk), "newest": 0, "seen": 0}
        self.cache.state["walk"] = place
        while True:
            params: dict[str, Any] = {**walk.params, "limit": PAGE}
            if place["since"] is not None:
                params["created"] = {"gte": place["since"]}
            if place["after"]:
                params["starting_after"] = place["after"]
            try:
                page = self.requests.get(walk.kind, **params)
            except GoneError:
                if not place["after"]:
                    raise
                place["after"] = None  # the object that the page starts after was deleted: from the first page again
                continue
            found = page.get("data", ())
            for one in found:
                self._keep(walk.kind, one)
                place["newest"] = max(place["newest"], one.get("created") or 0)
            place["seen"] += len(found)
            self.say(f"{walk.kind} {place['seen']}")
            if not page.get("has_more") or not found:
                break
            place["after"] = found[-1]["id"]
            self.cache.save()
        if walk.is_windowed:
            newest[walk.kind] = max(newest.get(walk.kind, 0), place["newest"])

    def _since(self, walk: Walk) -> int | None:
        newest = self.cache.state.get("newest", {}).get(walk.kind)
        if not walk.is_windowed or self.wish.is_full or not newest:
            return None
        return int(newest) - self.wish.lookback_days * 86400

    def _keep(self, kind: str, found: Object) -> None:
        """Put an object with all its lines; one that is unchanged is not asked for its further lines again.

        Of a deleted object only the id is left; what was known of it stays.
        """
        if found.get("deleted") is True:
            return
        kept = pruned(kind, found)
        digest = digest_of(kept)
        known = self.cache.index[kind].get(found["id"])
        if known and known.digest == digest:
            return
        if kept.pop("has_more", False):
            try:
                kept["lines"] += self._further_lines(kind, found)
            except GoneError:
                return  # deleted since it was listed
        self.changed += self.cache.put(kind, found["id"], digest, kept)

    def _further_lines(self, kind: str, found: Object) -> list[Object]:
        """The lines beyond those that stand in the object itself."""
        after, lines = found["lines"]["data"][-1]["id"], []
        while True:
            page = self.requests.get(kind, found["id"], "lines", limit=PAGE, starting_after=after)
            lines += [pruned_line(kind, line) for line in page.get("data", ())]
            if not page.get("has_more") or not page.get("data"):
                return lines
            after = page["data"][-1]["id"]

    # -- what lists do not tell ----------------------------------------------------------------------------------------

    def _unsettled(self) -> None:
        if self._was_empty:
            return  # everything was read just now
        seen: set[str] = set()
        for status in UNSETTLED:
            after = None
            while True:
                page = self.requests.get("invoices", status=status, limit=PAGE,
                                         **({"starting_after": after} if after else {}))
                for one in page.get("data", ()):
                    self._keep("invoices", one)
                    seen.add(one["id"])
                if not page.get("has_more") or not page.get("data"):
                    break
                after = page["data"][-1]["id"]
        left = [key for key, entry in self.cache.index["invoices"].items()
                if entry.brief and entry.brief[0] in UNSETTLED and key not in seen]
        for key in left:
            try:
                self._keep("invoices", self.requests.get("invoices", key))
            except GoneError:
                self.changed += self.cache.put("invoices", key, _GONE, None)
        self.say(f"unsettled invoices {len(seen) + len(left)}")

    def _refund_invoices(self) -> None:
        """Which invoice a refunded payment belonged to: Stripe keeps that in the payments of invoices."""
        known = self.cache.index["refund_invoices"]
        for _, refund in list(self.cache.objects("refunds")):
            intent = id_of(refund.get("payment_intent"))
            if intent is None or refund["id"] in known or refund.get("status") not in _REFUND_COUNTS:
                continue
            page = self.requests.get("invoice_payments", limit=PAGE,
                                     payment={"type": "payment_intent", "payment_intent": intent})
            invoices = [id_of(payment.get("invoice")) for payment in page.get("data", ())]
            found = {"id": refund["id"], "invoices": invoices}
            self.changed += self.cache.put("refund_invoices", refund["id"], digest_of(found), found)
        self.say(f"refunds matched {len(known)}")

    def _balances(self) -> None:
        marks = self._balance_marks()
        known, count = self.cache.index["balance_transactions"], 0
        for customer, mark in marks.items():
            entry = known.get(customer)
            if entry and entry.digest.startswith(f"{mark}|") and not self.wish.is_full:
                continue
            try:
                found = self._transactions(customer)
            except GoneError:
                continue  # a deleted customer has no list any more; the invoices still state what was applied
            content = {"id": customer, "transactions": found}
            self.changed += self.cache.put("balance_transactions", customer, f"{mark}|{digest_of(found)}", content)
            count += len(found)
            self.say(f"balance transactions {count}")
            self.cache.save()

    def _balance_marks(self) -> dict[str, str]:
        """customer -> what would change if its balance moved: the balance, and the invoices that used one."""
        sums: dict[str, list[int]] = {}
        for entry in self.cache.index["invoices"].values():
            if entry.brief and entry.brief[1] and (entry.brief[2] or entry.brief[3]):
                mark = sums.setdefault(entry.brief[1], [0, 0, 0])
                mark[0] += 1
                mark[1] += entry.brief[2]
                mark[2] += entry.brief[3]
        marks = {}
        for customer, entry in self.cache.index["customers"].items():
            balance = entry.brief[0] if entry.brief else 0
            if balance or customer in sums:
                marks[customer] = f"{balance}:" + ":".join(str(part) for part in sums.get(customer, [0, 0, 0]))
        return marks

    def _transactions(self, customer: str) -> list[Object]:
        """All of one customer, oldest first."""
        found: list[Object] = []
        while True:
            after = {"starting_after": found[-1]["id"]} if found else {}
            page = self.requests.get("customers", customer, "balance_transactions", limit=PAGE, **after)
            found += [pruned_transaction(one) for one in page.get("data", ())]
            if not page.get("has_more") or not page.get("data"):
                return found[::-1]
