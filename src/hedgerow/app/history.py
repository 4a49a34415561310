"""Decisions about numbers over history: the warehouse's models, run in memory on the rows of one case.

The rules stay in SQL, where the whole company's figures come from too; a number keeps one home.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hedgerow.core.registry import register
from hedgerow.core.revenue import adjust_facts, adjust_series, recognize_facts, recognize_month, stage
from hedgerow.core.revenue.case_rows import Row, Tables
from hedgerow.kernel.decision import Decision
from hedgerow.kernel.params import Params


def run_models(tables: Tables, *, as_of: date, params: Params, want: list[str]) -> Mapping[str, list[Row]]:
    """The engine is loaded only when a case is decided, so that listing decisions stays quick."""
    from hedgerow.warehouse.case import run_case

    return run_case(tables, as_of=as_of, params=params, want=want)


RECOGNITION = ("revenue.annual_total_basis", "revenue.mrr_includes_tax_paid", "revenue.mrr_includes_tax_annual",
               "revenue.startup_mrr_on_credits", "revenue.platform_package_charged")
ADJUSTMENT = ("revenue.spike_multiple", "revenue.spike_lookback_months", "revenue.spike_min_increase",
              "revenue.spike_drop_share", "revenue.credit_override_share", "revenue.credit_override_classes",
              "revenue.credit_reason_classes", "revenue.refund_reason_classes")


@register("revenue.recognize_month", input_model=recognize_facts.MonthFacts, check=recognize_facts.check,
          output_model=recognize_facts.RecognizedMonth, example=recognize_facts.EXAMPLE, matters=RECOGNITION,
          summary="Recognize one customer-month: invoices, credit and contract to revenue, in total and per product.",
          rules=(*(f"REV-{n}" for n in range(1, 20)), "REV-25", "REV-26", "REV-27", "REV-28", "REV-29", "REV-31",
                 "REV-33", "REV-34", "REV-152", "REV-153", "REV-154", "REV-156"))
def recognize(facts: recognize_facts.MonthFacts, params: Params, *, as_of: date,
              ) -> Decision[recognize_facts.RecognizedMonth]:
    """Unadjusted revenue of the month."""
    return recognize_month.decide(facts, params, as_of=as_of, run=run_models)


@register("revenue.adjust_series", input_model=adjust_facts.SeriesFacts, check=adjust_facts.check,
          output_model=adjust_facts.SeriesOutcome, example=adjust_facts.EXAMPLE, matters=ADJUSTMENT,
          summary="Adjust a customer's monthly series: trials out, annual value, one-time credits, spikes.",
          rules=("REV-40", "REV-41", "REV-42", "REV-43", "REV-44", "REV-45", "REV-46", "REV-47", "REV-48", "REV-49",
                 "REV-51"))
def adjust(facts: adjust_facts.SeriesFacts, params: Params, *, as_of: date) -> Decision[adjust_facts.SeriesOutcome]:
    """Adjusted series with every step."""
    return adjust_series.decide(facts, params, as_of=as_of, run=run_models)


@register("revenue.stage", input_model=stage.StageFacts, output_model=stage.StageOutcome, check=stage.check,
          example=stage.EXAMPLE, matters=("revenue.reactivation_min_gap",),
          summary="Lifecycle stages of customers, and the components of each month's change.",
          rules=("REV-60", "REV-61", "REV-62", "REV-63", "REV-64", "REV-65", "REV-66", "REV-67", "REV-68", "REV-150",
                 "REV-151"))
def stages(facts: stage.StageFacts, params: Params, *, as_of: date) -> Decision[stage.StageOutcome]:
    """Stages of the series as it is given."""
    return stage.decide(facts, params, as_of=as_of, run=run_models)
