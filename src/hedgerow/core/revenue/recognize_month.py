"""Recognition of one customer-month (REV-1 to REV-19, REV-25 to REV-34, REV-152 to REV-156).

The warehouse's own models recognize it: this module turns the facts into contract rows and the result into an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hedgerow.core.revenue.case_rows import (
    CaseLine,
    CaseRows,
    Row,
    RunModels,
    Tables,
    default_price,
    last_day,
    midnight,
    money,
    ppm,
)
from hedgerow.core.revenue.recognize_facts import (
    CHARGE,
    ContractFacts,
    InvoiceFacts,
    Issue,
    MonthFacts,
    RecognizedMonth,
    Role,
    Waterfall,
)
from hedgerow.core.revenue.recognize_words import near_of, reasons_of
from hedgerow.kernel.calendar import month_of_period_end
from hedgerow.kernel.decision import Decision
from hedgerow.kernel.money import Money
from hedgerow.kernel.params import Params

WANTED = ["customer_month", "product_month", "data_issue"]
TAGS = ("billed_via", "package_comped")


def engine_day(facts: MonthFacts) -> date:
    """The month is closed, unless previews are among its rows: then it is open."""
    preview = any(invoice.type.startswith("upcoming") and month_of_period_end(invoice.period_end) == facts.month
                  for invoice in facts.invoices)
    return last_day(facts.month if preview else facts.month + 1)


def tables(facts: MonthFacts) -> Tables:
    """The case as rows of the data contract."""
    rows = CaseRows()
    named = {line.product_key for invoice in facts.invoices for line in invoice.lines if line.product_key}
    keys = sorted(named if facts.products is None else facts.products)
    package = [facts.platform_package] if facts.platform_package else []
    rows.products(sorted({*keys, *package}), facts.platform_package)
    _account_rows(rows, facts)
    _provider_rows(rows, facts)
    for invoice in facts.invoices:
        _invoice_rows(rows, facts, invoice)
    if facts.billing_config == "startup" and facts.credit_left.cents:
        _grant(rows, facts)
    if facts.contract:
        _contract_rows(rows, facts, facts.contract)
    return rows.tables


def _account_rows(rows: CaseRows, facts: MonthFacts) -> None:
    shared = f"shared/{facts.customer_id}" if facts.shares_billing_with else None
    for customer_id in (facts.customer_id, *facts.shares_billing_with):
        rows.add("accounts", customer_id=customer_id, name=customer_id, billing_config=facts.billing_config,
                 tax_status=facts.tax_status, is_startup_plan_customer=facts.is_startup_plan_customer,
                 credit_expires_at=facts.credit_expires_at, shared_billing_id=shared)
    for source in facts.merged_customers:
        rows.add("accounts", customer_id=source, name=source, billing_config=facts.billing_config,
                 tax_status=facts.tax_status)
        rows.add("merges", source_customer_id=source, canonical_customer_id=facts.customer_id, kind="parallel_teams",
                 note="one customer")


def _provider_rows(rows: CaseRows, facts: MonthFacts) -> None:
    """The accounts given; without any, one per role that an invoice or a charge needs, each with a subscription."""
    if facts.provider_accounts:
        for account in facts.provider_accounts:
            rows.add("provider_customers", provider_customer_id=account.id, customer_id=account.billing_customer,
                     role=account.role)
            for number, start in enumerate(account.subscription_starts, start=1):
                rows.add("subscriptions", subscription_id=f"{account.id}/{number}",
                         customer_id=account.billing_customer, provider_customer_id=account.id, start_date=start)
        return
    pair = {"credits", "usage"} if facts.billing_config == "annual_amortized" else set()
    for role in sorted(pair | {_role(facts, invoice) for invoice in facts.invoices}):
        rows.add("provider_customers", provider_customer_id=_provider(facts, role), customer_id=facts.customer_id,
                 role=role)


def _role(facts: MonthFacts, invoice: InvoiceFacts) -> Role:
    return invoice.provider_role or ("usage" if facts.billing_config == "annual_amortized" else "single")


def _classification(facts: MonthFacts, invoice: InvoiceFacts) -> str:
    """Who knows the configuration need not say again what covers the invoice; only overage (REV-11) differs."""
    if invoice.classification:
        return invoice.classification
    if facts.billing_config in ("annual_upfront", "annual_amortized"):
        return "annual"
    return "startup" if facts.billing_config == "startup" else "standard"


def _provider(facts: MonthFacts, role: str) -> str:
    found = [account.id for account in facts.provider_accounts if account.role == role]
    return found[0] if found else f"provider/{role}"


def _billing_customer(facts: MonthFacts, role: str) -> str:
    found = [account.billing_customer for account in facts.provider_accounts if account.role == role]
    return found[0] if found else facts.customer_id


def _invoice_rows(rows: CaseRows, facts: MonthFacts, invoice: InvoiceFacts) -> None:
    lines = [CaseLine(line.product_key, line.net_amount, listed=line.list_amount, units=line.units,
                      price_id=_price(line.product_key, line.price_id, line.is_default_price),
                      is_flat_fee=line.is_flat_fee)
             for line in invoice.lines]
    role = _role(facts, invoice)
    rows.invoice(invoice.id, _billing_customer(facts, role), invoice.period_start, invoice.period_end, lines,
                 type=invoice.type, classification=_classification(facts, invoice), status=invoice.status,
                 finalized_at=invoice.finalized_at or invoice.period_end, tax_cents=invoice.tax.cents,
                 discount_cents=None if invoice.discount_amount is None else invoice.discount_amount.cents,
                 credit_applied_cents=invoice.credit_applied.cents,
                 provider_customer_id=_provider(facts, role))
    for refund in invoice.refunds:
        rows.refund(invoice.id, refund.amount, product_key=refund.product_key)


def _price(product: str | None, price_id: str | None, is_default: bool) -> str | None:
    if product is None:
        return price_id
    return default_price(product) if is_default else price_id or f"custom:{product}"


def _grant(rows: CaseRows, facts: MonthFacts) -> None:
    """Credit left now is a grant of that much, from before the first invoice on."""
    first = min((invoice.period_start.date() for invoice in facts.invoices), default=facts.month.first_day)
    rows.add("credit_purchases", purchase_id="startup", customer_id=facts.customer_id, kind="startup_grant",
             list_credit_cents=facts.credit_left.cents, price_paid_cents=0,
             start_date=min(first, facts.month.first_day),
             term_months=12, status="paid", expires_at=facts.credit_expires_at)


def _contract_rows(rows: CaseRows, facts: MonthFacts, contract: ContractFacts) -> None:
    rows.add("contracts", contract_id="contract", customer_id=facts.customer_id, kind="new",
             start_date=contract.start_date, end_date=contract.end_date, discount_ppm=ppm(contract.discount_percent),
             platform_package_charged_to_credits=contract.platform_package_charged_to_credits)
    for number, credit in enumerate(contract.credits, start=1):
        listed = credit.list_credit or credit.price_paid
        rows.add("credit_purchases", purchase_id=f"purchase-{number}", customer_id=facts.customer_id,
                 contract_id="contract", kind="purchase", list_credit_cents=listed.cents,
                 discount_ppm=ppm(contract.discount_percent), price_paid_cents=credit.price_paid.cents,
                 start_date=credit.start_date, term_months=credit.term_months, status=credit.status,
                 paid_at=credit.paid_at or (midnight(credit.start_date) if credit.status == "paid" else None),
                 supersedes_purchase_id=f"purchase-{credit.replaces}" if credit.replaces else None)
    days = [charge.date for charge in contract.charges]
    for number, charge in enumerate(contract.charges, start=1):
        following = [day for day in days if day > charge.date]
        end = min(following, default=max(contract.end_date, charge.date + timedelta(days=1)))
        rows.invoice(f"{CHARGE}{number}", _billing_customer(facts, "credits"), midnight(charge.date), midnight(end),
                     [CaseLine(None, charge.amount)], type="completed", classification="annual",
                     finalized_at=midnight(charge.date), provider_customer_id=_provider(facts, "credits"))


def decide(facts: MonthFacts, params: Params, *, as_of: date, run: RunModels) -> Decision[RecognizedMonth]:
    """Recognize the month and say by which rules."""
    built = run(tables(facts), as_of=engine_day(facts), params=params, want=WANTED)
    outcome = _outcome(facts, built)
    return Decision(outcome, reasons_of(facts, outcome, params), near_of(facts, outcome))


def _outcome(facts: MonthFacts, built: Mapping[str, list[Row]]) -> RecognizedMonth:
    def mine(name: str) -> list[Row]:
        return [row for row in built[name] if row["customer_id"] == facts.customer_id
                and row["month_idx"] in (facts.month.idx, None)]

    row = next(iter(mine("customer_month")), {})
    products = {entry["product_key"]: money(entry, "mrr_cents") for entry in mine("product_month")}
    told = mine("data_issue")
    tags = [tag for tag in TAGS if any(issue["code"] == tag for issue in told)]
    known = products.keys() - {""} if facts.products is None else {*facts.products, facts.platform_package}
    counted = [invoice for invoice in facts.invoices if month_of_period_end(invoice.period_end) == facts.month
               and invoice.status not in ("draft", "void")]
    unmapped = {line.product_key for invoice in counted for line in invoice.lines if line.product_key} - known
    is_startup = facts.billing_config == "startup"
    covered = money(row, "covered_cents")
    return RecognizedMonth(
        total=money(row, "mrr_cents"), products={key: products[key] for key in sorted(products) if key},
        mrr_ex_tax=money(row, "ex_tax_cents"), tax=money(row, "tax_cents"),
        straight_line=money(row, "straight_line_cents"), usage_basis=money(row, "usage_basis_cents"),
        waterfall=Waterfall(list=money(row, "list_cents"), discount=money(row, "discount_cents"),
                            credit_applied=money(row, "credit_applied_cents"), refund=money(row, "refund_cents"),
                            total=money(row, "total_cents")),
        carried=money(row, "carried_cents"), basis_gap=money(row, "basis_gap_cents"), covered=covered,
        credit_left=facts.credit_left - covered if is_startup else None,
        unallocated_refund=money(row, "unallocated_refund_cents"), other_products=money(row, "other_products_cents"),
        unmapped_product_keys=tuple(sorted(key for key in unmapped if key)),
        selected_type=row.get("selected_type") or "",
        tags=tuple(tags), issues=tuple(_issues(told)), is_paying=money(row, "mrr_cents") > Money(0))


def _issues(told: list[Row]) -> list[Issue]:
    found = [Issue(code=row["code"], rule=row["rule"], text=_text(row)) for row in told if row["code"] not in TAGS]
    return sorted(found, key=lambda issue: (issue.code, issue.text))


def _text(row: Row) -> str:
    record, detail = row.get("record_id") or "", row.get("detail") or ""
    return f"{record}: {detail}" if record and detail else record or detail or row["code"].replace("_", " ")
