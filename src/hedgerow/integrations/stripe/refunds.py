"""Credit notes and refunds: what was given back, for which invoice, for which product."""

from __future__ import annotations

from collections.abc import Mapping

from hedgerow.integrations.stripe.cache import Cache
from hedgerow.integrations.stripe.invoices import Piece
from hedgerow.integrations.stripe.rows import Findings, Rows
from hedgerow.integrations.stripe.shapes import Object, UnexpectedShape, id_of, iso, money, total_of, whole
from hedgerow.kernel.money import allocate_cents
from hedgerow.warehouse.landing.raw import RawTable

_COUNTS = ("succeeded", "pending")


class Refunds:
    """A refund made through a credit note counts once, as the credit note.

    ``line_products``: product key by invoice line that a credit note names; ``payments``: invoice by charge or payment
    intent as earlier API versions state it.
    """

    def __init__(self, cache: Cache, pieces: Mapping[str, list[Piece]], line_products: Mapping[str, str | None],
                 payments: Mapping[str, str], findings: Findings) -> None:
        self._pieces, self._line_products, self._payments = pieces, line_products, payments
        self._findings = findings
        self._rows = Rows("refunds")
        self._noted: dict[str, int] = {}
        self._links = {found["id"]: found["invoices"] for _, found in cache.objects("refund_invoices")}
        for line, note in cache.objects("credit_notes"):
            self._guarded("credit_notes", line, note)
        for line, refund in cache.objects("refunds"):
            self._guarded("refunds", line, refund)

    @property
    def tables(self) -> list[RawTable]:
        return [self._rows.raw()]

    def _guarded(self, kind: str, line: int, found: Object) -> None:
        try:
            (self._add_note if kind == "credit_notes" else self._add_refund)(line, found)
        except (UnexpectedShape, KeyError, TypeError, AttributeError) as error:
            self._findings.refuse("refunds", "unexpected_shape", f"cannot be read: {error}", kind, line, found["id"])

    def _add_note(self, _: int, note: Object) -> None:
        """One row per product, and one without product for what is left: tax, shipping, lines of no product."""
        if note.get("status") == "void":
            return
        for refund in note.get("refunds") or ():
            self._note_refund(id_of(refund.get("refund")), whole(refund, "amount_refunded"))
        if note.get("refund"):
            self._note_refund(id_of(note["refund"]), whole(note, "total"))
        total, products = whole(note, "total"), self._products_of(note)
        rest = total - sum(products.values())
        rows = [*sorted(products.items()), *([("", rest)] if rest else [])]
        if any(cents < 0 for _, cents in rows):
            rows = [("", total)]  # a split that does not fit into the total says nothing about products
        for number, (product, cents) in enumerate(rows):
            row_id = note["id"] if number == 0 else f"{note['id']}#{number + 1}"
            self._add(note, row_id, id_of(note.get("invoice")), product, cents)

    def _note_refund(self, refund: str | None, cents: int) -> None:
        if refund:
            self._noted[refund] = self._noted.get(refund, 0) + cents

    def _products_of(self, note: Object) -> dict[str, int]:
        products: dict[str, int] = {}
        for line in note["lines"]:
            product = self._line_products.get(line.get("invoice_line_item") or "")
            inside = sum(whole(tax, "amount") for tax in line.get("taxes") or line.get("tax_amounts") or ()
                         if tax.get("tax_behavior") == "inclusive" or tax.get("inclusive") is True)
            if product:
                net = whole(line, "amount") - total_of(line.get("discount_amounts")) - inside
                products[product] = products.get(product, 0) + net
        return {product: cents for product, cents in products.items() if cents}

    def _add_refund(self, at: int, refund: Object) -> None:
        """Only money that went back and is in no credit note; a refund of a payment without invoice is named."""
        if refund.get("status", "succeeded") not in _COUNTS:
            return
        left = whole(refund, "amount") - self._noted.get(refund["id"], 0)
        if left <= 0:
            return
        invoices = [invoice for invoice in self._links.get(refund["id"], ()) if invoice] or [
            invoice for invoice in (self._payments.get(id_of(refund.get(name)) or "")
                                    for name in ("charge", "payment_intent")) if invoice]
        if not invoices:
            return self._findings.add("refund_without_invoice", f"{money(left, str(refund.get('currency') or 'usd'))} "
                                      "given back for a payment that is on no invoice, so it never was revenue here",
                                      "refunds", at, refund["id"], rule="REV-34")
        if len(set(invoices)) > 1:
            self._findings.add("refund_of_several_invoices", f"its payment is on {len(set(invoices))} invoices; "
                               f"counted on {invoices[0]}", "refunds", at, refund["id"], rule="REV-34")
        return self._add(refund, refund["id"], invoices[0], "", left)

    def _add(self, found: Object, row_id: str, invoice: str | None, product: str, cents: int) -> None:
        """REV-34: the month of the invoice that is corrected; of a spread invoice, all its months in proportion."""
        reason = (found.get("metadata") or {}).get("reason")
        stated = found.get("reason")
        for part_id, part_invoice, part in self._spread(row_id, invoice, product, cents):
            self._rows.add(refund_id=part_id, invoice_id=part_invoice, product_key=product or None,
                     amount=money(part, str(found.get("currency") or "usd")), reason=reason or "other",
                     note=f"Stripe: {stated}" if stated else None, issued_at=iso(found.get("created")))

    def _spread(self, row_id: str, invoice: str | None, product: str,
                cents: int) -> list[tuple[str, str | None, int]]:
        pieces = self._pieces.get(invoice or "")
        if not pieces:
            return [(row_id, invoice, cents)]
        weights = [max(piece.products.get(product, 0), 0) if product else piece.weight for piece in pieces]
        if not any(weights):
            weights = [1, *(0 for _ in pieces[1:])]
        parts = allocate_cents(cents, weights)
        return [(f"{row_id}@{piece.invoice_id}", piece.invoice_id, part)
                for piece, part in zip(pieces, parts, strict=True) if part]
