"""Headers as common billing tools write them are understood without flags, and the guess is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.walk import Walk

EXPORTS = {
    "provider": ("id,Customer ID,Plan,MRR,Start (UTC),Canceled At (UTC),Ended At (UTC)\n"
                 "sub_1,cus_1,pro,49.00,2024-01-05 10:00,,\n"
                 "sub_2,cus_2,pro,49.00,2024-01-05 10:00,2024-02-20 10:00,2024-03-05 10:00\n"),
    "analytics": ("Customer Name,Customer External ID,Subscription Start Date,Subscription End Date,MRR,Plan Name\n"
                  "Oak,cus_1,2024-01-05,,49.00,pro\nElm,cus_2,2024-01-05,2024-03-05,49.00,pro\n"),
    "metrics": ("Customer,Plan,MRR,Started On,Canceled On\n"
                'cus_1,pro,$49.00,"Jan 5, 2024",\ncus_2,pro,$49.00,"Jan 5, 2024","Mar 5, 2024"\n'),
    "spreadsheet": ("Client;Begin;Finish;Monthly fee;Plan\n"
                    "cus_1;2024-01-05;;49,00;pro\ncus_2;2024-01-05;2024-03-05;49,00;pro\n"),
}


@pytest.mark.parametrize("tool", EXPORTS)
def test_an_export_is_read_as_it_is(tool: str, tmp_path: Path) -> None:
    """Two customers of 49 in January and February; one left on 5 March, though it gave notice in February."""
    (tmp_path / "export.csv").write_text(EXPORTS[tool])
    walk = Walk(tmp_path / "home", "2024-04-10")
    shown = walk.bring("subscriptions", tmp_path / "export.csv")
    assert "customer = Customer" in shown or "customer = Client" in shown
    walk.build()
    moved = {key: value for key, value in walk.moved("2024-01", "2024-03").items() if key[1] is None}
    assert moved == {
        ("2024-01", None, "new"): (2, "98.00"),
        ("2024-02", None, "retained"): (2, "98.00"),
        ("2024-03", None, "retained"): (1, "49.00"),
        ("2024-03", None, "churned"): (1, "-49.00"),
    }
