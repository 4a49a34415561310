"""Invoice lines with tax, a void invoice and a period across two months; worked out on paper.

            2024-11   12              2025-01
 oak          120     120 (100 + 20)  120        tax 20 counts in the total, never in a product (REV-2)
 elm                  300                0       period 21 November to 21 December: December (REV-31)
 fir           50       0               70       no invoice in December: told as a gap on its return
"""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.walk import Walk

LINES = """\
Invoice ID,Customer,Period start,Period end,Product,Net amount,Tax,Status,Currency
i1,oak,2024-11-01,2024-12-01,core,60.00,10.00,paid,USD
i1,oak,2024-11-01,2024-12-01,addon,40.00,10.00,paid,USD
i2,oak,2024-12-01,2025-01-01,core,100.00,20.00,paid,usd
i3,oak,2025-01-01,2025-02-01,core,100.00,20.00,open,USD
i4,elm,2024-11-21,2024-12-21,core,300.00,,paid,USD
i5,elm,2025-01-01,2025-02-01,core,300.00,,void,USD
i6,fir,2024-11-01,2024-12-01,addon,50.00,,paid,USD
i7,fir,2025-01-01,2025-02-01,addon,70.00,,paid,USD
i8,fir,2025-01-01,2025-02-01,addon,70.00,,paid,EUR
i9,ash,2025-01-01,2025-01-01,core,9.00,,paid,USD
"""


def test_invoice_lines_to_the_cent(tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_text(LINES)
    walk = Walk(tmp_path / "home", "2025-02-10")
    told = walk.bring("invoices", tmp_path / "lines.csv", "--accept-loss", code=1)
    assert "currency EUR not supported" in told
    assert "lines.csv:11" in told  # ash: a period that ends as it begins
    walk.build()
    moved = {key: value for key, value in walk.moved("2024-11", "2025-01").items() if key[1] is None}
    assert moved == {
        ("2024-11", None, "new"): (2, "170.00"),
        ("2024-12", None, "new"): (1, "300.00"),
        ("2024-12", None, "retained"): (1, "120.00"),
        ("2024-12", None, "churned"): (1, "-50.00"),
        ("2025-01", None, "retained"): (1, "120.00"),
        ("2025-01", None, "reactivated"): (1, "70.00"),
        ("2025-01", None, "churned"): (1, "-300.00"),
    }
    assert walk.months("oak", product="core")["2024-11"] == ("60.00", "new")
    assert walk.months("oak", product="addon")["2024-12"] == ("0.00", "churned")
    gaps = [(r["customer_id"], r["month"]) for r in walk.ask("issues") if r["code"] == "gap_no_invoice"]
    assert gaps == [("fir", "2025-01")]  # told where the customer is back
