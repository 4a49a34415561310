"""Invoices with their lines: which month, what before and after coupons, what tax, what credit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hedgerow.integrations.stripe.catalogue import Catalogue
from hedgerow.integrations.stripe.credits import applied_by_balance, granted_credit
from hedgerow.integrations.stripe.periods import Line, Part, own_period, parts_of
from hedgerow.integrations.stripe.rows import Findings, Rows
from hedgerow.integrations.stripe.shapes import Object, id_of, instant, iso, money, owner_of, total_of, whole
from hedgerow.kernel.calendar import month_of_period_end
from hedgerow.kernel.money import allocate_cents
from hedgerow.warehouse.landing.raw import RawTable

_COUNTS_NOWHERE = ("draft", "void")


@dataclass(frozen=True)
class Piece:
    """One invoice row of an invoice that was spread: its id and what it weighs, in total and by product."""

    invoice_id: str
    weight: int
    products: Mapping[str, int]


class Invoices:
    """``pieces`` of spread invoices, ``month`` of every invoice asked for in ``wanted``."""

    def __init__(self, catalogue: Catalogue, configs: Mapping[str, str], given: Mapping[str, int],
                 walked: frozenset[str] | set[str], wanted: frozenset[str] | set[str], findings: Findings) -> None:
        self._catalogue, self._configs, self._findings = catalogue, configs, findings
        self._given, self._walked, self._wanted = given, walked, wanted
        self._invoices = Rows("invoices")
        self._lines = Rows("invoice_lines")
        self.pieces: dict[str, list[Piece]] = {}
        self.month: dict[str, str] = {}

    @property
    def tables(self) -> list[RawTable]:
        return [self._invoices.raw(), self._lines.raw()]

    def add(self, at: int, invoice: Object) -> list[Line]:
        """Read all of it first, then add its rows, so that an invoice that cannot be read leaves no half behind."""
        currency = str(invoice.get("currency") or "")
        lines = self._read_lines(invoice)
        parts = self._parts(invoice, lines)
        tax = total_of(invoice["total_taxes"]) if "total_taxes" in invoice else whole(invoice, "tax")
        self._compare(at, invoice, lines, tax)
        if currency.lower() not in ("", "usd"):
            self._findings.add("other_currency", "is not in USD, so landing refuses it with its lines", "invoices", at,
                               invoice["id"], rule="REV-2", value=currency)
        weights = [max(part.net, 0) for part in parts]
        weights = weights if any(weights) else [1, *(0 for _ in parts[1:])]
        taxes, credits = allocate_cents(tax, weights), allocate_cents(self._credit(invoice), weights)
        for part, part_tax, part_credit in zip(parts, taxes, credits, strict=True):
            self._add_part(at, invoice, part, part_tax, part_credit, currency, is_whole=len(parts) == 1)
        if len(parts) > 1 or parts[0].month is not None:
            self.pieces[invoice["id"]] = [_piece(invoice["id"], part, part_tax)
                                          for part, part_tax in zip(parts, taxes, strict=True)]
        if invoice["id"] in self._wanted:
            self.month[invoice["id"]] = str(month_of_period_end(parts[0].end))
        return lines

    def _parts(self, invoice: Object, lines: list[Line]) -> list[Part]:
        issued = (invoice.get("status_transitions") or {}).get("finalized_at") or invoice["created"]
        stated = instant(invoice["period_start"]), instant(invoice["period_end"])
        own = own_period(lines, stated=stated, issued=instant(issued))
        if invoice.get("status") in _COUNTS_NOWHERE:
            return [Part(*own, None, lines)]
        return parts_of(lines, own=own)

    def _add_part(self, at: int, invoice: Object, part: Part, tax: int, credit: int, currency: str, *,
                  is_whole: bool) -> None:
        invoice_id = _part_id(invoice["id"], part)
        self._invoices.add(
            invoice_id=invoice_id, customer_id=owner_of(invoice), provider_customer_id=owner_of(invoice),
            type="completed", classification=self._classification(invoice, credit), status=invoice.get("status"),
            period_start=_text(part.start), period_end=_text(part.end), currency=currency.upper(),
            finalized_at=iso((invoice.get("status_transitions") or {}).get("finalized_at")),
            tax_amount=money(tax, currency), credit_applied_amount=money(credit, currency),
            total_amount=money(whole(invoice, "total"), currency) if is_whole else None)
        for line in part.lines:
            self._lines.add(line_id=line.line_id, invoice_id=invoice_id, product_key=line.product_key,
                            units=None if line.units is None else str(line.units), price_id=line.price_id,
                            list_amount=money(line.listed, currency), net_amount=money(line.net, currency),
                            is_flat_fee="false" if line.is_metered else "true")

    def _classification(self, invoice: Object, credit: int) -> str:
        """As the metadata says; else what the customer's configuration makes of it.

        An invoice of an annual customer counts as covered by prepaid credit when credit was applied to it (REV-11:
        without any it is pay-as-you-go at the standard rate).
        """
        stated = (invoice.get("metadata") or {}).get("classification")
        config = self._configs.get(owner_of(invoice) or "", "paid")
        if stated:
            return str(stated)
        if config == "startup":
            return "startup"
        return "annual" if config.startswith("annual") and credit > 0 else "standard"

    def _credit(self, invoice: Object) -> int:
        """Credit that lowers what was owed: grants, and of the balance only what we gave (see ``credits``)."""
        is_walked = owner_of(invoice) in self._walked
        balance = self._given.get(invoice["id"], 0) if is_walked else applied_by_balance(invoice)
        return granted_credit(invoice) + balance

    def _read_lines(self, invoice: Object) -> list[Line]:
        lines = [self._read_line(invoice["id"], number, line) for number, line in enumerate(invoice["lines"], start=1)]
        shipping = invoice.get("shipping_cost") or {}
        cost = whole(shipping, "amount_total") - whole(shipping, "amount_tax")
        if cost:
            lines.append(Line(f"{invoice['id']}#shipping", None, None, cost, cost, None, None, None))
        return lines

    def _read_line(self, invoice_id: str, number: int, line: Object) -> Line:
        """Tax that stands inside the amount is taken out of it; coupons are those of the line and of the invoice."""
        price, product, is_metered = self._price_of(line)
        inside = sum(whole(tax, "amount") for tax in line.get("taxes") or line.get("tax_amounts") or ()
                     if tax.get("tax_behavior") == "inclusive" or tax.get("inclusive") is True)
        listed = whole(line, "amount") - inside
        net = listed - total_of(line.get("discount_amounts"))
        start, end = _span(line.get("period") or {})
        return Line(line.get("id") or f"{invoice_id}#{number}", start, end, net, listed, _units(line),
                    self._catalogue.key_of(product), price, is_metered, _is_proration(line))

    def _price_of(self, line: Object) -> tuple[str | None, str | None, bool]:
        """(price id, product id, whether it is metered), from today's shape or an earlier one."""
        details = (line.get("pricing") or {}).get("price_details") or {}
        earlier = line.get("price") or line.get("plan") or {}
        price = id_of(details.get("price")) or id_of(earlier)
        earlier = earlier if isinstance(earlier, dict) else {}
        product = id_of(details.get("product")) or id_of(earlier.get("product"))
        usage = (earlier.get("recurring") or {}).get("usage_type") or earlier.get("usage_type")
        return price, product, usage == "metered" or price in self._catalogue.metered

    def _compare(self, at: int, invoice: Object, lines: list[Line], tax: int) -> None:
        """The lines and tax must be what Stripe states as the total, before or after credit grants."""
        found = sum(line.net for line in lines) + tax
        total = whole(invoice, "total")
        if total not in (found, found - granted_credit(invoice)):
            self._findings.add("lines_do_not_add_up", f"its lines and tax are {found} in the smallest unit, its total "
                               f"is {total}; the lines are counted", "invoices", at, invoice["id"], rule="REV-2")


def _piece(invoice_id: str, part: Part, tax: int) -> Piece:
    products: dict[str, int] = {}
    for line in part.lines:
        products[line.product_key or ""] = products.get(line.product_key or "", 0) + line.net
    return Piece(_part_id(invoice_id, part), max(part.net + tax, 0), products)


def _part_id(invoice_id: str, part: Part) -> str:
    return invoice_id if part.month is None else f"{invoice_id}#{part.month}"


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _span(period: Object) -> tuple[datetime, datetime] | tuple[None, None]:
    """The line's span, or none when it is a single instant."""
    if period.get("start") is None or period.get("end") is None or period["end"] <= period["start"]:
        return None, None
    return instant(period["start"]), instant(period["end"])


def _units(line: Object) -> int | None:
    """Whole units; a fraction of a unit cannot be stored and stays empty."""
    if line.get("quantity") is not None:
        return whole(line, "quantity")
    text = str(line.get("quantity_decimal") or "")
    return int(text) if text.isascii() and text.isdigit() else None


def _is_proration(line: Object) -> bool:
    parent = line.get("parent") or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    return bool(details.get("proration") or line.get("proration"))
