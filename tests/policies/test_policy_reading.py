"""The door that rules read through: types, reads kept, errors, and speed."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest

from hedgerow.kernel.decision import Read
from hedgerow.kernel.params import Params
from hedgerow.policies.loader import UnableToReadPolicy, load_policies, reference_policies

DAY = date(2026, 3, 31)
KNOWN = date(2026, 4, 2)


def params() -> Params:
    return reference_policies().params(DAY, KNOWN)


def test_each_type_comes_back_as_itself() -> None:
    here = params()
    assert (here.as_of, here.known_at, here.policy_hash) == (DAY, KNOWN, reference_policies().hash)
    assert here.decimal("revenue.spike_min_increase") == Decimal("1000")
    assert here.integer("revenue.spike_lookback_months") == 2
    assert here.boolean("revenue.mrr_includes_tax_annual") is False
    assert here.text("revenue.annual_total_basis") == "usage"
    assert here.items("revenue.retention_windows") == ("3", "6", "12")
    assert here.mapping("revenue.credit_reason_classes")["Bug Credit"] == "billing_correction"
    assert here.cite("revenue.spike_multiple") == "revenue-adjustments#2"


def test_a_whole_number_may_be_read_as_a_decimal_but_not_the_other_way() -> None:
    assert params().decimal("revenue.arr_multiple") == Decimal(12)
    with pytest.raises(UnableToReadPolicy, match="is of type decimal; it was read as integer") as refused:
        params().integer("revenue.spike_multiple")
    assert refused.value.code == "wrong_type"


@pytest.mark.parametrize("reader", ["decimal", "integer", "boolean", "items", "mapping"])
def test_text_is_nothing_else(reader: str) -> None:
    with pytest.raises(UnableToReadPolicy) as refused:
        getattr(params(), reader)("revenue.annual_total_basis")
    assert refused.value.code == "wrong_type"


def test_an_unknown_name_is_answered_with_a_suggestion() -> None:
    with pytest.raises(UnableToReadPolicy, match=r"did you mean 'revenue\.spike_multiple'") as refused:
        params().decimal("revenue.spike_multipel")
    assert refused.value.code == "unknown_parameter"


def test_reads_are_kept_once_for_each_name_and_day() -> None:
    here = reference_policies().params(DAY, KNOWN)
    here.text("revenue.annual_total_basis")
    here.decimal("revenue.spike_multiple")
    here.decimal("revenue.spike_multiple")
    here.text("revenue.annual_total_basis", on=date(2025, 12, 31))
    assert here.reads == [
        Read("revenue.annual_total_basis", "usage", "basis", "customer-billing-configurations-newer", date(2026, 1, 1),
             "reference:revenue/recognition.yaml"),
        Read("revenue.spike_multiple", Decimal(2), "multiple", "revenue-adjustments#2", date(1970, 1, 1),
             "reference:revenue/adjustments.yaml"),
        Read("revenue.annual_total_basis", "straight_line", "basis",
             "customer-billing-configurations#enterprise-yearly", date(1970, 1, 1),
             "reference:revenue/recognition.yaml")]
    assert reference_policies().params(DAY, KNOWN).reads == []


def test_ten_reads_fit_many_times_into_a_tenth_of_a_millisecond_and_loading_into_a_tenth_of_a_second() -> None:
    policies = reference_policies()
    names = [name for name in policies.names() if policies.parameter(name).type == "decimal"][:10]

    def read_ten() -> float:
        start = time.perf_counter()
        here = policies.params(DAY, KNOWN)
        for name in names:
            here.decimal(name)
        return time.perf_counter() - start

    def load() -> float:
        from hedgerow.policies import loader
        loader._reference_layer.cache_clear()
        reference_policies.cache_clear()
        start = time.perf_counter()
        load_policies()
        return time.perf_counter() - start

    assert min(read_ten() for _ in range(200)) < 0.0001
    assert min(load() for _ in range(5)) < 0.1
