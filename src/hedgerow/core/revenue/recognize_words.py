"""Why a customer-month counts as it does: the rules of its configuration with the real figures."""

from __future__ import annotations

from hedgerow.core.revenue.recognize_facts import MonthFacts, RecognizedMonth
from hedgerow.kernel.calendar import month_of_period_end
from hedgerow.kernel.decision import Near, Reason
from hedgerow.kernel.money import Money
from hedgerow.kernel.params import Params

PAGE = "customer-billing-configurations"


def reasons_of(facts: MonthFacts, outcome: RecognizedMonth, params: Params) -> tuple[Reason, ...]:
    """The configuration's rule first, then whatever else moved the figure."""
    by_config = {"free": _free, "startup": _startup, "annual_upfront": _upfront, "annual_amortized": _amortized,
                 "multi_org_shared": _shared}
    reasons = [by_config.get(facts.billing_config, _paid)(facts, outcome, params)]
    if facts.billing_config.startswith("annual"):
        reasons.append(_annual_products(facts, outcome))
    elsewhere = [invoice for invoice in facts.invoices if month_of_period_end(invoice.period_end) != facts.month]
    if elsewhere:
        named = ", ".join(f"{invoice.id} in {month_of_period_end(invoice.period_end)}" for invoice in elsewhere)
        reasons.append(Reason("REV-31", f"an invoice counts in the month of its last second: {named}"))
    if outcome.waterfall.refund.cents:
        reasons.append(Reason("REV-34", f"refunds of {outcome.waterfall.refund} lower the month of their invoice; "
                              f"{outcome.unallocated_refund} of them name no product"))
    if outcome.waterfall.credit_applied.cents:
        reasons.append(Reason("REV-154", f"balance credit of {outcome.waterfall.credit_applied} lowers total and "
                              "products"))
    if outcome.other_products.cents or outcome.unmapped_product_keys:
        reasons.append(Reason("REV-27", f"{outcome.other_products} has no known product and counts in the total only"))
    if "package_comped" in outcome.tags:
        reasons.append(Reason("REV-153", "the support package is comped, so its revenue is 0",
                              f"{PAGE}#enterprise-yearly"))
    w = outcome.waterfall
    reasons.append(Reason("REV-28", f"{w.list} - {w.discount} - {w.credit_applied} - {w.refund} = {w.total}"))
    reasons += [Reason(issue.rule, f"{issue.code.replace('_', ' ')}: {issue.text}; the money is counted all the same")
                for issue in outcome.issues]
    return tuple(reasons)


def _free(facts: MonthFacts, outcome: RecognizedMonth, params: Params) -> Reason:
    return Reason("REV-1", "free: nothing counts, whatever the payment provider holds", f"{PAGE}#free")


def _paid(facts: MonthFacts, outcome: RecognizedMonth, params: Params) -> Reason:
    rules = {"legacy": "REV-17", "unsupported": "REV-17", "multi_org_separate": "REV-15"}
    rule = rules.get(facts.billing_config, "REV-2")
    taxed = params.boolean("revenue.mrr_includes_tax_paid", on=facts.month.first_day)
    inside = "tax is part of the total, never of a product" if taxed else "tax is left out"
    text = f"product lines {outcome.mrr_ex_tax} + tax {outcome.tax} = {outcome.waterfall.total}; {inside}"
    return Reason(rule, text,
                  params.cite("revenue.mrr_includes_tax_paid", on=facts.month.first_day),
                  {"lines": outcome.mrr_ex_tax, "tax": outcome.tax})


def _startup(facts: MonthFacts, outcome: RecognizedMonth, params: Params) -> Reason:
    cite = f"{PAGE}#start-up"
    if outcome.covered.cents and not outcome.waterfall.total.cents:
        return Reason("REV-4", f"credit covers all of {outcome.covered}; no revenue while it lasts", cite)
    if outcome.covered.cents:
        return Reason("REV-5", f"credit covers {outcome.covered} and is used up; the uncovered "
                      f"{outcome.waterfall.total} counts, the products in proportion", cite)
    return Reason("REV-6", f"no startup credit was in force when it was finalized: as on the paid plan, "
                  f"{outcome.waterfall.total}", cite)


def _upfront(facts: MonthFacts, outcome: RecognizedMonth, params: Params) -> Reason:
    day = facts.month.first_day
    cite = params.cite("revenue.annual_total_basis", on=day)
    if params.text("revenue.annual_total_basis", on=day) == "usage":
        return Reason("REV-9", f"the month's usage less credit discount: {outcome.usage_basis}", cite)
    return Reason("REV-8", f"the price paid for credit, split over its term: {outcome.straight_line}; credit that was "
                  "used adds nothing", cite)


def _amortized(facts: MonthFacts, outcome: RecognizedMonth, params: Params) -> Reason:
    return Reason("REV-12", f"credit charges spread over the months up to the next charge: {outcome.waterfall.total}; "
                  "the usage invoice is paid by credit and adds nothing", f"{PAGE}#enterprise-amortized")


def _annual_products(facts: MonthFacts, outcome: RecognizedMonth) -> Reason:
    rate = facts.contract.discount_percent if facts.contract else 0
    products = sum(outcome.products.values(), Money(0))
    gap = f"; the total stands {outcome.basis_gap} apart" if outcome.basis_gap.cents else ""
    return Reason("REV-10", f"products are list usage less {rate} %: {products}{gap}", f"{PAGE}#enterprise-yearly")


def _shared(facts: MonthFacts, outcome: RecognizedMonth, params: Params) -> Reason:
    lowest = "another customer" if "billed_via" in outcome.tags else "this customer"
    return Reason("REV-16", f"one account for all: {lowest} has the lowest id and carries the revenue")


def near_of(facts: MonthFacts, outcome: RecognizedMonth) -> tuple[Near, ...]:
    """For startups: the credit at which the answer would turn."""
    if facts.billing_config != "startup":
        return ()
    charged = outcome.covered + outcome.waterfall.total
    if outcome.covered.cents and outcome.waterfall.total.cents:
        return (Near("REV-4", "more credit would cover the whole charge", {"credit_left": f">= {charged}"}),)
    if outcome.covered.cents:
        return (Near("REV-5", "less credit would leave a part uncovered", {"credit_left": f"< {charged}"}),)
    return ()
