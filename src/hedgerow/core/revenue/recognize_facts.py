"""What is known about one customer-month on paper (REV-1 to REV-19), and what recognition makes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from hedgerow.core.fields import (
    DayField,
    Facts,
    Flag,
    InstantField,
    Key,
    MoneyField,
    MonthField,
    Outcome,
    PercentField,
    PositiveMoney,
    Whole,
)
from hedgerow.kernel.money import Money
from hedgerow.kernel.problem import Problem, Where

BillingConfig = Literal["free", "paid", "startup", "annual_upfront", "annual_amortized", "multi_org_separate",
                        "multi_org_shared", "legacy", "unsupported"]
Role = Literal["single", "credits", "usage"]
CHARGE = "charge/"  # ids of the credit charges of a contract


class LineFacts(Facts):
    """One line of an invoice."""

    product_key: Key | None = Field(default=None, description="Product; none when the line names no product")
    net_amount: MoneyField = Field(description="After coupons, in dollars")
    list_amount: MoneyField | None = Field(default=None, description="Before coupons, in dollars; net when left out")
    units: Whole | None = Field(default=None, ge=0, le=10**15, description="Units billed")
    price_id: Key | None = Field(default=None, description="Price it was billed at; only shown")
    is_default_price: Flag = Field(default=True, description="Whether that is the product's default price")
    is_flat_fee: Flag = Field(default=False, description="Flat fee; it follows the invoice's own period")


class RefundFacts(Facts):
    """A refund or credit note of one invoice; it lowers the month of that invoice."""

    amount: PositiveMoney = Field(description="Given back, in dollars")
    product_key: Key | None = Field(default=None, description="Product, when the refund is split by product")


class InvoiceFacts(Facts):
    """One invoice, or a preview of one."""

    id: Key = Field(description="Invoice id")
    type: Literal["completed", "upcoming", "upcoming_duplicated", "annual"] = Field(
        default="completed", description="completed: finalized; upcoming: preview of the running period; "
        "upcoming_duplicated: forecast copy; annual: prepayment that the source has split by month")
    classification: Literal["standard", "annual", "startup"] | None = Field(
        default=None, description="annual: usage covered by prepaid credit; startup: covered by startup credit; "
        "standard: billed at standard rate, such as usage after prepaid credit ran out; when left out, what the "
        "billing configuration says")
    provider_role: Role | None = Field(default=None, description="Provider account that was billed: credits pays the "
                                       "recurring credit charge, usage is paid by credit, single is everything else; "
                                       "usage when left out and annual_amortized, else single")
    period_start: InstantField = Field(description="First instant of the billing period")
    period_end: InstantField = Field(description="First instant after it; the month of one second before counts")
    finalized_at: InstantField | None = Field(default=None, description="When it was finalized; period end when empty")
    status: Literal["draft", "open", "paid", "void", "uncollectible"] = Field(
        default="paid", description="State at the provider; draft and void count nowhere")
    tax: PositiveMoney = Field(default=Money(0), description="Tax, in dollars")
    discount_amount: PositiveMoney | None = Field(default=None, description="What the prepaid-credit discount took "
                                                  "off, in dollars; the contract's full rate when left out")
    credit_applied: PositiveMoney = Field(default=Money(0), description="Balance credit applied, in dollars")
    lines: tuple[LineFacts, ...] = Field(default=(), description="Lines of the invoice")
    refunds: tuple[RefundFacts, ...] = Field(default=(), description="Refunds and credit notes of the invoice")


class CreditBought(Facts):
    """Prepaid credit of a contract."""

    price_paid: PositiveMoney = Field(description="Price of the credit, in dollars")
    list_credit: PositiveMoney | None = Field(default=None, description="Credit at list value; price when left out")
    start_date: DayField = Field(description="First day of the term")
    term_months: Whole = Field(ge=1, le=600, description="Length of the term, in months")
    status: Literal["draft", "invoiced", "paid", "exhausted", "expired", "refunded", "void"] = Field(
        default="paid", description="Revenue rows exist from invoiced on; draft, refunded and void have none")
    paid_at: InstantField | None = Field(default=None, description="When the credit invoice was paid")
    replaces: Whole | None = Field(default=None, ge=1, description="Number (1, 2 …) of the earlier purchase in this "
                                   "list that ran out and is replaced; none for an expansion beside it")


class ChargeFacts(Facts):
    """A recurring credit charge of an amortized contract."""

    date: DayField = Field(description="Day of the charge; it is split up to the next one")
    amount: PositiveMoney = Field(description="Charge, in dollars")


class ContractFacts(Facts):
    """The annual contract."""

    start_date: DayField = Field(description="First day")
    end_date: DayField = Field(description="Day after the last day")
    discount_percent: PercentField = Field(default=Decimal(0), description="Credit discount")
    credits: tuple[CreditBought, ...] = Field(default=(), description="Prepaid credit that was bought (upfront)")
    charges: tuple[ChargeFacts, ...] = Field(default=(), description="Recurring credit charges (amortized)")
    platform_package_charged_to_credits: Flag | None = Field(
        default=None, description="Whether the support package is charged against credit; the default when left out")


class ProviderAccount(Facts):
    """A customer object at the payment provider."""

    id: Key = Field(description="Id at the provider")
    role: Role = Field(default="single", description="credits, usage or single")
    billing_customer: Key = Field(default="customer", description="Billing customer that it belongs to")
    subscription_starts: tuple[DayField, ...] = Field(default=(), description="First day of each subscription")


def _as_text(value: object) -> object:
    """A JSON true or false is how people write this metadata; the provider stores its text (AUTO-11)."""
    return str(value).lower() if isinstance(value, bool) else value


Metadata = Annotated[str, BeforeValidator(_as_text)]


class MonthFacts(Facts):
    """One customer in one month."""

    month: MonthField = Field(description="Calendar month to recognize")
    billing_config: BillingConfig = Field(description="Billing configuration in force")
    tax_status: Literal["with_tax", "without_tax"] = Field(default="with_tax", description="Whether tax is charged")
    is_startup_plan_customer: Metadata | None = Field(
        default=None, max_length=200,
        description="Provider metadata as text: true, 1, yes or false, 0, no, empty; other text counts as true")
    credit_left: PositiveMoney = Field(default=Money(0), description="Startup credit before these invoices, in dollars")
    credit_expires_at: InstantField | None = Field(default=None, description="When the startup credit expires")
    invoices: tuple[InvoiceFacts, ...] = Field(default=(), description="Invoices and previews of the customer")
    contract: ContractFacts | None = Field(default=None, description="Annual contract; none for other configurations")
    products: tuple[Key, ...] | None = Field(default=None, description="Known products; all on the lines when left out")
    platform_package: Key | None = Field(default=None, description="Product key of the support package")
    provider_accounts: tuple[ProviderAccount, ...] = Field(
        default=(), description="Accounts at the provider, to check pairs and subscriptions")
    merged_customers: tuple[Key, ...] = Field(default=(), description="Billing customers merged into this one")
    customer_id: Key = Field(default="customer", description="Billing customer id")
    shares_billing_with: tuple[Key, ...] = Field(default=(), description="Billing customers billed through one account "
                                                 "with this one (multi_org_shared); the lowest id carries the revenue")


class Waterfall(Outcome):
    """list - discount - credit_applied - refund = total."""

    list: MoneyField = Field(description="Before discount, in dollars; tax stands inside for the paid plan")
    discount: MoneyField = Field(description="Prepaid-credit discount, in dollars")
    credit_applied: MoneyField = Field(description="Balance credit, in dollars; standard invoices only")
    refund: MoneyField = Field(description="Refunds, in dollars")
    total: MoneyField = Field(description="What is left, in dollars; can be below 0")


class Issue(Outcome):
    """Something that the data should not look like; the money is counted all the same."""

    code: str = Field(description="Stable code")
    rule: str = Field(description="Rule that it breaks")
    text: str = Field(description="In words")


class RecognizedMonth(Outcome):
    """The unadjusted revenue of one customer-month."""

    total: MoneyField = Field(description="Revenue, in dollars, not below 0")
    products: dict[str, MoneyField] = Field(description="Revenue per product, in dollars")
    mrr_ex_tax: MoneyField = Field(description="Total without tax, in dollars")
    tax: MoneyField = Field(description="Tax inside the total, in dollars")
    straight_line: MoneyField = Field(description="Total with the price paid split over the term, in dollars")
    usage_basis: MoneyField = Field(description="Total with the month's usage less credit discount, in dollars")
    waterfall: Waterfall = Field(description="From list to total")
    carried: MoneyField = Field(description="Part below 0, carried as credit balance, in dollars; not above 0")
    basis_gap: MoneyField = Field(description="Annual: total less the sum of products, in dollars")
    covered: MoneyField = Field(description="Covered by startup credit, in dollars")
    credit_left: MoneyField | None = Field(description="Startup credit left afterwards; none for other configurations")
    unallocated_refund: MoneyField = Field(description="Refunds that name no product, in dollars")
    other_products: MoneyField = Field(description="Lines without a known product, in dollars")
    unmapped_product_keys: tuple[str, ...] = Field(description="Product keys that are not known")
    selected_type: str = Field(description="annual, completed, upcoming or upcoming_duplicated; empty without rows")
    tags: tuple[str, ...] = Field(description="billed_via, package_comped")
    issues: tuple[Issue, ...] = Field(description="Data issues")
    is_paying: Flag = Field(description="Whether the month has revenue")


EXAMPLE = {"month": "2025-10", "billing_config": "paid", "invoices": [
    {"id": "in_1", "period_start": "2025-09-21T00:00:00Z", "period_end": "2025-10-21T00:00:00Z", "tax": "240.00",
     "lines": [{"product_key": "product_analytics", "net_amount": "900.00"},
               {"product_key": "session_replay", "net_amount": "300.00"}]}]}


def check(facts: MonthFacts) -> list[Problem]:
    """What no single field shows."""
    problems: list[Problem] = []

    def add(path: str, code: str, message: str) -> None:
        problems.append(Problem(code, message, Where(path=path)))

    ids = [invoice.id for invoice in facts.invoices]
    for i, invoice in enumerate(facts.invoices):
        if invoice.period_end <= invoice.period_start:
            add(f"invoices[{i}].period_end", "period_order", "the period must end after it starts")
        if invoice.id.startswith(CHARGE):
            add(f"invoices[{i}].id", "reserved", f"ids that begin with {CHARGE} are those of contract charges")
        if invoice.id in ids[:i]:
            add(f"invoices[{i}].id", "repeated", f"invoice {invoice.id} is given twice")
    contract = facts.contract
    if contract and contract.end_date <= contract.start_date:
        add("contract.end_date", "period_order", "the contract must end after it starts")
    for i, credit in enumerate(contract.credits if contract else ()):
        if credit.replaces is not None and credit.replaces > i:
            add(f"contract.credits[{i}].replaces", "out_of_range", "it must be the number of an earlier purchase")
    if facts.shares_billing_with and facts.billing_config != "multi_org_shared":
        add("shares_billing_with", "not_shared", "only multi_org_shared customers share an account")
    if facts.customer_id in facts.shares_billing_with:
        add("shares_billing_with", "repeated", "a customer cannot share an account with itself")
    return problems
