"""Every row of the bad-input table: refused or flagged by name, with file, line, column and value; the rest goes on."""

from __future__ import annotations

import pytest

from .conftest import Land

INVOICE = "invoice_id,customer_id,type,classification,period_start,period_end"
GOOD = "I0,A,completed,standard,2025-01-01,2025-02-01"
CREDIT = ("purchase_id,customer_id,kind,list_credit_amount,price_paid_amount,start_date,status,term_months,"
          "discount_percent")


@pytest.mark.parametrize(("table", "text", "code", "column", "value"), [
    # discount = 100 % or more, or negative; 20 against 0.20
    ("contracts", "contract_id,customer_id,start_date,end_date,discount_percent\nK,A,2025-01-01,2026-01-01,100",
     "discount_out_of_range", "discount_percent", "100"),
    ("contracts", "contract_id,customer_id,start_date,end_date,discount_percent\nK,A,2025-01-01,2026-01-01,-1",
     "discount_out_of_range", "discount_percent", "-1"),
    ("contracts", "contract_id,customer_id,start_date,end_date,discount_percent\nK,A,2025-01-01,2026-01-01,0.20",
     "discount_ambiguous", "discount_percent", "0.20"),
    ("invoices", INVOICE + ",discount_amount\nI1,A,completed,standard,2025-01-01,2025-02-01,-0.01",
     "discount_out_of_range", "discount_amount", "-0.01"),
    # period_end <= period_start
    ("invoices", INVOICE + "\nI1,A,completed,standard,2025-01-01,2025-01-01", "period_not_positive", "period_end",
     "2025-01-01"),
    ("invoices", INVOICE + "\nI1,A,completed,standard,2025-01-01T00:00:01Z,2025-01-01", "period_not_positive",
     "period_end", "2025-01-01"),
    ("usage", "customer_id,product_key,period_start,period_end,report_at,units\nA,p,2025-02-01,2025-01-01,2025-01-05,3",
     "period_not_positive", "period_end", "2025-01-01"),
    ("contracts", "contract_id,customer_id,start_date,end_date\nK,A,2025-01-01,2025-01-01", "period_not_positive",
     "end_date", "2025-01-01"),
    # money of another currency
    ("invoices", INVOICE + ",currency\nI1,A,completed,standard,2025-01-01,2025-02-01,EUR", "currency_not_supported",
     "currency", "EUR"),
    # term_months 0, negative or fractional
    ("credit_purchases", f"{CREDIT}\nP,A,purchase,1,1,2025-01-01,paid,0,20", "term_months_invalid", "term_months", "0"),
    ("credit_purchases", f"{CREDIT}\nP,A,purchase,1,1,2025-01-01,paid,-12,20", "term_months_invalid", "term_months",
     "-12"),
    ("credit_purchases", f"{CREDIT}\nP,A,purchase,1,1,2025-01-01,paid,1.5,20", "term_months_invalid", "term_months",
     "1.5"),
    # merge to itself
    ("merges", "source_customer_id,canonical_customer_id,kind\nA,A,parallel_teams", "merge_self",
     "canonical_customer_id", "A"),
    # override without note, end before start, unknown field or value
    ("overrides",
     "organization_id,from_month,to_month,field,value,applies_to,note\nO,2025-01,2025-01,total_mrr,5,summary,",
     "override_without_note", "note", ""),
    ("overrides",
     "organization_id,from_month,to_month,field,value,applies_to,note\nO,2025-02,2025-01,total_mrr,5,summary,n",
     "override_ends_before_start", "to_month", "2025-01"),
    ("overrides", "organization_id,from_month,to_month,field,value,applies_to,note\nO,2025-01,2025-01,arr,5,summary,n",
     "override_not_allowed", "field", "arr"),
    ("overrides",
     "organization_id,from_month,to_month,field,value,applies_to,note\nO,2025-01,2025-01,total_mrr,lots,summary,n",
     "override_not_allowed", "value", "lots"),
    ("overrides",
     "organization_id,from_month,to_month,field,value,applies_to,note\nO,2025-01,2025-01,selected_type,annual,summary,n",
     "override_not_allowed", "applies_to", "summary"),
    ("overrides",
     "organization_id,from_month,to_month,field,value,applies_to,note\nO,2025-01,2025-01,total_mrr,5,recalc,n",
     "override_not_allowed", "applies_to", "recalc"),
    ("overrides",
     "organization_id,from_month,to_month,field,value,applies_to,note\nO,2025-01,2025-01,selected_type,paid,recalc,n",
     "override_not_allowed", "value", "paid"),
    ("overrides",
     "organization_id,from_month,to_month,field,value,applies_to,note\nO,2025-01,2025-01,discount_percent,100,summary,n",
     "discount_out_of_range", "value", "100"),
    ("overrides",
     "organization_id,from_month,to_month,field,value,applies_to,note\nO,2025-01,2025-01,discount_percent,0.2,summary,n",
     "discount_ambiguous", "value", "0.2"),
    # the others of the contract
    ("refunds", "refund_id,invoice_id,amount\nR,I0,-1", "negative_amount", "amount", "-1"),
    ("refunds", "refund_id,invoice_id,amount\nR,I9,1", "refund_without_invoice", "invoice_id", "I9"),
    ("refunds", "refund_id,invoice_id,amount,adjustment_class\nR,I0,1,promo", "class_without_note", "adjustment_class",
     "promo"),
    ("credit_events", "credit_event_id,customer_id,amount,reason,month,adjustment_class\nC,A,1,Other,2025-01,outage",
     "class_without_note", "adjustment_class", "outage"),
    ("trial_flags", "customer_id,from_month,to_month,set_by\nA,2025-02,2025-01,revops", "flag_ends_before_start",
     "to_month", "2025-01"),
    ("products", "product_key\nTotal", "reserved_product_key", "product_key", "Total"),
    ("subscriptions", "subscription_id,customer_id,start_date,end_date\nS,A,2025-01-02,2025-01-01",
     "ends_before_start", "end_date", "2025-01-01"),
    ("subscriptions", "subscription_id,customer_id,start_date,monthly_amount\nS,A,2025-01-02,-0.01",
     "negative_amount", "monthly_amount", "-0.01"),
    ("invoice_lines", "line_id,invoice_id,net_amount\nL,I9,1", "line_without_invoice", "invoice_id", "I9"),
    ("invoice_lines", "line_id,invoice_id,net_amount\n,I0,1", "missing_value", "line_id", ""),
    ("accounts", "customer_id,billing_config\nA,gold", "value_not_allowed", "billing_config", "gold"),
])
def test_refused_by_name(land: Land, table: str, text: str, code: str, column: str, value: str) -> None:
    found = land(**{"invoices": f"{INVOICE}\n{GOOD}\n", table: text + "\n"})
    problem = found.the(code)
    assert problem.is_error
    assert (problem.where.file, problem.where.line, problem.where.column) == (f"{table}.csv", 2, column)
    assert problem.value == value
    assert (found.counts[table].stored, found.counts[table].refused) == (0, 1)


@pytest.mark.parametrize(("table", "text"), [
    ("contracts", "contract_id,customer_id,start_date,end_date,discount_percent\nK,A,2025-01-01,2025-01-02,99.9999"),
    ("contracts", "contract_id,customer_id,start_date,end_date,discount_percent\nK,A,2025-01-01,2026-01-01,0"),
    ("contracts", "contract_id,customer_id,start_date,end_date,discount_percent\nK,A,2025-01-01,2026-01-01,1"),
    ("invoices", INVOICE + "\nI1,A,completed,standard,2025-01-01,2025-01-01T00:00:01Z"),
    ("invoices", INVOICE + ",currency\nI1,A,completed,standard,2025-01-01,2025-02-01,usd"),
    ("credit_purchases", f"{CREDIT}\nP,A,purchase,1,0,2025-01-01,paid,1,"),
    ("overrides",
     "organization_id,from_month,to_month,field,value,applies_to,note\nO,2025-01,2025-01,selected_type,annual,recalc,n"),
    ("overrides",
     "organization_id,from_month,to_month,field,value,applies_to,note\nO,2025-01,2025-01,total_mrr,0.00,summary,n"),
    ("refunds", "refund_id,invoice_id,amount,adjustment_class,note\nR,I0,0,promo,why"),
    ("trial_flags", "customer_id,from_month,to_month,set_by\nA,2025-01,2025-01,revops"),
    ("products", "product_key\ntotals"),
    ("subscriptions", "subscription_id,customer_id,start_date,end_date,monthly_amount\nS,A,2025-01-31,2025-02-01,0"),
])
def test_exactly_at_the_limit_is_fine(land: Land, table: str, text: str) -> None:
    found = land(**{"invoices": f"{INVOICE}\n{GOOD}\n", table: text + "\n"})
    assert not found.problems
    assert found.counts[table].stored == 1


def test_currency_message_is_the_specified_one(land: Land) -> None:
    found = land(invoices=INVOICE + ",currency\nI1,A,completed,standard,2025-01-01,2025-02-01,eur\n")
    assert found.the("currency_not_supported").message == "currency EUR not supported; convert at source"


def test_all_problems_of_a_row_are_named_not_the_first_only(land: Land) -> None:
    found = land(contracts="contract_id,customer_id,start_date,end_date,discount_percent\n,A,2025-13-01,x,0.5\n")
    assert sorted(found.codes()) == ["discount_ambiguous", "missing_value", "not_a_date", "not_a_date"]
    assert found.counts["contracts"].refused == 1


def test_a_refused_invoice_takes_its_lines_along_and_says_so(land: Land) -> None:
    found = land(invoices=f"{INVOICE},currency\n{GOOD},GBP\n", invoice_lines="line_id,invoice_id,net_amount\nL,I0,1\n")
    assert found.the("line_without_invoice").message == "its invoice was refused"


def test_lines_carry_customer_month_and_whether_they_count(land: Land) -> None:
    """REV-31: 21 Sep to 21 Oct is October, 1 Jan to 1 Feb is January; void and draft count nowhere."""
    found = land(
        invoices=INVOICE + ",status\nI1,A,completed,standard,2025-09-21,2025-10-21,paid\n"
        "I2,B,completed,standard,2025-01-01,2025-02-01,void\nI3,B,completed,standard,2025-01-01,2025-02-01T00:00:01Z,\n"
        "I4,B,upcoming,standard,2025-01-01,2025-02-01T01:00:00+01:00,draft\n",
        invoice_lines="line_id,invoice_id,net_amount\nL1,I1,1\nL2,I2,1\nL3,I3,1\nL4,I4,1\n")
    got = {row["line_id"]: (row["customer_id"], row["month_idx"] - 2025 * 12 + 1, row["is_counted"])
           for row in found.rows["invoice_lines"]}
    assert got == {"L1": ("A", 10, True), "L2": ("B", 1, False), "L3": ("B", 2, True), "L4": ("B", 1, False)}


def test_startup_metadata_that_is_neither_yes_nor_no_is_reported(land: Land) -> None:
    found = land(accounts="customer_id,is_startup_plan_customer\nA,YES\nB,0\nC,perhaps\nD,\n")
    assert found.the("metadata_unclear").where.line == 4
    assert found.counts["accounts"].stored == 4


# -- header ----------------------------------------------------------------------------------------------------


def test_missing_required_column_refuses_the_file_and_the_others_go_on(land: Land) -> None:
    found = land(invoices="invoice_id,customer_id\nI1,A\nI2,A\n", accounts="customer_id\nA\n")
    assert found.counts["invoices"].refused == 2
    assert found.counts["accounts"].stored == 1
    assert {p.where.column for p in found.problems if p.code == "missing_column"} == {
        "type", "classification", "period_start", "period_end"}


def test_unknown_column_gets_a_suggestion(land: Land) -> None:
    found = land(accounts="customer_id,nmae\nA,x\n")
    assert "did you mean name?" in found.the("unknown_column").message
    assert found.counts["accounts"].stored == 1


def test_header_spelling_is_forgiven_and_a_repeated_column_is_not(land: Land) -> None:
    found = land(accounts="Customer ID,name\nA,x\n")
    assert found.the("column_normalised").value == ""
    assert found.rows["accounts"][0]["customer_id"] == "A"
    twice = land(accounts="customer_id,name,name\nA,x,y\n")
    assert twice.codes() == ["duplicate_column"]
    assert twice.counts["accounts"].refused == 1


# -- hostile text ----------------------------------------------------------------------------------------------


def test_hostile_text_is_stored_as_text(land: Land) -> None:
    names = ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "'); DROP TABLE accounts; --", "[bold]x[/bold]",
             'quote " and, comma', "two\nlines", "{{7*7}}", "../../etc/passwd"]
    quoted = "".join(f'C{i},"{name.replace(chr(34), chr(34) * 2)}"\n' for i, name in enumerate(names))
    found = land(accounts="customer_id,name\n" + quoted)
    assert not found.problems
    assert [row["name"] for row in found.rows["accounts"]] == names


def test_null_bytes_and_text_that_turns_around_are_taken_out_and_flagged(land: Land) -> None:
    found = land(accounts="customer_id,name\nA,x\x00y\nB,abc\u202etxt.exe\n")
    assert [row["name"] for row in found.rows["accounts"]] == ["xy", "abctxt.exe"]
    assert found.codes(errors=False) == ["control_characters_removed"] * 2


def test_hostile_column_names_are_only_names(land: Land) -> None:
    found = land(accounts='customer_id,"x"" FROM t; --",a\'b\nA,1,2\n')
    assert found.codes(errors=False) == ["unknown_column", "unknown_column"]
    assert found.counts["accounts"].stored == 1


def test_notices_of_a_kind_are_listed_to_a_limit_and_then_counted(land: Land) -> None:
    found = land(accounts="customer_id,name\n" + "".join(f"C{i}, x\n" for i in range(25)))
    notices = [p for p in found.problems if p.code == "spaces_trimmed"]
    assert len(notices) == 21
    assert notices[-1].message == "and 5 more like this"
