"""Importing a source: stored whole or not at all, the same twice, guarded against losing customers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from hedgerow.app.landing.importers import IMPORTERS, UnableToImport
from hedgerow.app.landing.operations import Imported, ImportRequest, import_source
from hedgerow.app.landing.sources import sources
from hedgerow.home import Home
from hedgerow.warehouse.landing import store

from .conftest import rows_of

AS_OF = date(2025, 3, 10)
AT = datetime(2025, 3, 10, 8, 0, tzinfo=UTC)
Write = Callable[[Path, Mapping[str, str]], Path]
INVOICE = "invoice_id,customer_id,type,classification,period_start,period_end\n"


def bring(home: Home, path: Path, *, source: str = "", share: str = "20", **more: object) -> Imported:
    request = ImportRequest(str(more.pop("format", "contract")), path, AS_OF, AT, lambda: Decimal(share), source,
                            **more)  # type: ignore[arg-type]
    return import_source(home, request)


def payers(names: str, month: int = 2) -> dict[str, str]:
    """One invoice with one line of 10 dollars for each letter, in a month of 2025."""
    rows = [f"I{n},{n},completed,standard,2025-{month:02d}-01,2025-{month + 1:02d}-01\n" for n in names]
    return {"invoices": INVOICE + "".join(rows),
            "invoice_lines": "line_id,invoice_id,net_amount\n" + "".join(f"L{n},I{n},10\n" for n in names)}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_store_has_tables_manifest_and_problems(home: Home, tmp_path: Path, write: Write) -> None:
    found = bring(home, write(tmp_path / "in", {"accounts": "customer_id,name\nA,x\n,y\n"}), source="crm")
    folder = home.landing / "crm"
    assert [row["customer_id"] for row in rows_of(folder / "accounts.parquet")] == ["A"]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["source"], manifest["format"], manifest["as_of"]) == ("crm", "contract", "2025-03-10")
    assert manifest["loaded_at"] == "2025-03-10T08:00:00+00:00"
    entry = manifest["tables"]["accounts"]
    assert (entry["rows_in"], entry["rows"], entry["refused"], entry["replaced"]) == (2, 1, 1, 0)
    assert entry["sha256"] == store.sha256_of(folder / "accounts.parquet")
    assert manifest["inputs"]["accounts.csv"] == store.sha256_of(tmp_path / "in" / "accounts.csv")
    assert (folder / "problems.csv").read_text().count("missing_value") == 1
    assert (found.stored, found.refused, found.is_stored) == (1, 1, True)


def test_importing_the_same_again_changes_nothing_and_says_so(home: Home, tmp_path: Path, write: Write) -> None:
    folder = write(tmp_path / "in", payers("AB"))
    bring(home, folder)
    before = (home.landing / "contract").resolve()
    again = bring(home, folder)
    assert (again.is_unchanged, again.is_stored) == (True, False)
    assert (home.landing / "contract").resolve() == before
    assert {c.table: c.stored for c in again.counts} == {"invoices": 2, "invoice_lines": 2}


def test_a_new_import_replaces_the_source_as_a_whole(home: Home, tmp_path: Path, write: Write) -> None:
    bring(home, write(tmp_path / "one", {"accounts": "customer_id\nA\n", "people": "person_id\nP\n"}))
    found = bring(home, write(tmp_path / "two", {"accounts": "customer_id\nB\n"}))
    assert found.replaced_source
    assert list(store.read_tables(home)) == ["accounts"]
    assert [row["customer_id"] for row in rows_of(store.read_tables(home)["accounts"][0])] == ["B"]


def test_a_crash_half_way_changes_nothing(home: Home, tmp_path: Path, write: Write,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    bring(home, write(tmp_path / "one", {"accounts": "customer_id\nA\n"}))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hedgerow.warehouse.landing.store.os.replace", crash)
    with pytest.raises(KeyboardInterrupt):
        bring(home, write(tmp_path / "two", {"accounts": "customer_id\nB\n"}))
    monkeypatch.undo()
    assert [row["customer_id"] for row in rows_of(home.landing / "contract" / "accounts.parquet")] == ["A"]
    bring(home, tmp_path / "two")
    assert [row["customer_id"] for row in rows_of(home.landing / "contract" / "accounts.parquet")] == ["B"]
    assert len([f for f in (home.landing / ".versions" / "contract").iterdir() if f.is_dir()]) == 1


@pytest.mark.parametrize(("files", "code"), [
    ({}, "nothing_to_store"), ({"accounts": "name\nx\n"}, "nothing_to_store"),
    ({"accounts": "customer_id\n"}, "nothing_to_store"), ({"acounts": "customer_id\nA\n"}, "nothing_to_store"),
])
def test_nothing_to_store_leaves_what_is_there(home: Home, tmp_path: Path, write: Write, files: dict[str, str],
                                               code: str) -> None:
    bring(home, write(tmp_path / "one", {"accounts": "customer_id\nA\n"}))
    with pytest.raises(UnableToImport) as error:
        bring(home, write(tmp_path / "two", files))
    assert error.value.code == code
    assert "accounts" in store.read_tables(home)


@pytest.mark.parametrize(("format_name", "source", "path", "code"), [
    ("excel", "", "in", "unknown_format"), ("contract", "../x", "in", "bad_source_name"),
    ("contract", ".versions", "in", "bad_source_name"), ("contract", "", "nowhere", "not_found"),
])
def test_a_call_that_cannot_be_right(home: Home, tmp_path: Path, write: Write, format_name: str, source: str, path: str,
                                     code: str) -> None:
    write(tmp_path / "in", {"accounts": "customer_id\nA\n"})
    with pytest.raises(UnableToImport) as error:
        bring(home, tmp_path / path, source=source, format=format_name)
    assert error.value.code == code
    assert not store.read_tables(home)


def test_parquet_that_is_none_is_named_and_the_rest_goes_on(home: Home, tmp_path: Path, write: Write) -> None:
    folder = write(tmp_path / "in", {"accounts": "customer_id\nA\n"})
    (folder / "people.parquet").write_bytes(b"not parquet")
    found = bring(home, folder)
    assert [p.code for p in found.problems if p.is_error] == ["unreadable_file"]
    assert found.stored == 1


def test_damaged_parquet_pages_stop_with_the_files_name(home: Home, tmp_path: Path, write: Write) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = write(tmp_path / "in", {}) / "accounts.parquet"
    pq.write_table(pa.table({"customer_id": [f"C{i}" for i in range(1000)]}), path, compression="gzip")
    data = bytearray(path.read_bytes())
    data[20:2000] = b"\xff" * 1980
    path.write_bytes(bytes(data))
    with pytest.raises(UnableToImport) as error:
        bring(home, path.parent)
    assert error.value.code == "unreadable_file"
    assert "accounts.parquet" in error.value.message
    assert not store.read_tables(home)


# -- several sources -------------------------------------------------------------------------------------------


def test_a_key_belongs_to_one_source(home: Home, tmp_path: Path, write: Write) -> None:
    bring(home, write(tmp_path / "one", {"accounts": "customer_id,name\nA,x\nB,y\n"}), source="one")
    found = bring(home, write(tmp_path / "two", {"accounts": "customer_id,name\nA,x\nB,z\nC,w\n"}), source="two")
    assert [(p.code, p.where.line) for p in found.problems] == [("key_in_other_source", 3), ("duplicate_dropped", 2)]
    assert "source one" in found.problems[0].message
    assert len(store.read_tables(home)["accounts"]) == 2
    assert [row["customer_id"] for row in rows_of(home.landing / "two" / "accounts.parquet")] == ["C"]


def test_refunds_may_correct_an_invoice_of_another_source(home: Home, tmp_path: Path, write: Write) -> None:
    bring(home, write(tmp_path / "one", payers("A")), source="one")
    refunds = {"refunds": "refund_id,invoice_id,amount\nR,IA,1\nQ,IB,1\n"}
    found = bring(home, write(tmp_path / "two", refunds), source="two")
    assert [(p.code, p.where.line) for p in found.problems] == [("refund_without_invoice", 3)]


def test_merges_of_several_sources_may_not_chain(home: Home, tmp_path: Path, write: Write) -> None:
    head = "source_customer_id,canonical_customer_id,kind\n"
    bring(home, write(tmp_path / "one", {"merges": head + "A,B,parallel_teams\n"}), source="one")
    found = bring(home, write(tmp_path / "two", {"merges": head + "B,C,parallel_teams\nX,A,parallel_teams\n"
                                                 "A,Z,parallel_teams\nQ,R,parallel_teams\n"}), source="two")
    assert {p.where.line: p.code for p in found.problems} == {
        2: "merge_chain", 3: "merge_chain", 4: "merge_two_targets"}
    assert found.stored == 1


# -- the 20 % stop ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "stops"), [("ABCDE", False), ("ABCD", False), ("ABC", True)])
def test_losing_more_than_the_share_of_payers_stops(home: Home, tmp_path: Path, write: Write, left: str,
                                                    stops: bool) -> None:
    """Exactly a fifth of February's five payers may go; two of five may not."""
    bring(home, write(tmp_path / "one", payers("ABCDE")))
    folder = write(tmp_path / "two", payers(left + "XYZ"))
    if not stops:
        assert bring(home, folder).is_stored
        return
    with pytest.raises(UnableToImport) as error:
        bring(home, folder)
    assert error.value.code == "would_lose_customers"
    assert "2 of 5 customers that paid in 2025-02" in error.value.message
    assert len(rows_of(home.landing / "contract" / "invoices.parquet")) == 5
    assert bring(home, folder, accepts_loss=True).is_stored


def test_customers_that_churned_are_not_lost(home: Home, tmp_path: Path, write: Write) -> None:
    """History stays in the new export, so nobody vanishes although fewer pay in March."""
    both = payers("ABCDE")
    bring(home, write(tmp_path / "one", both))
    march = payers("A", 3)
    later = {table: both[table] + march[table].split("\n", 1)[1].replace("IA", "JA").replace("LA", "KA")
             for table in both}
    found = bring(home, write(tmp_path / "two", later))
    assert found.is_stored
    assert not found.refused


def test_refused_and_void_invoices_are_not_payers(home: Home, tmp_path: Path, write: Write) -> None:
    bring(home, write(tmp_path / "one", payers("ABCDE")))
    broken = payers("ABCDE")
    broken["invoice_lines"] = broken["invoice_lines"].replace("LA,IA,10", "LA,IA,ten").replace("LB,IB,10", "LB,IB,x")
    with pytest.raises(UnableToImport) as error:
        bring(home, write(tmp_path / "two", broken))
    assert error.value.code == "would_lose_customers"


def test_an_older_month_is_compared_when_last_month_has_nobody(home: Home, tmp_path: Path, write: Write) -> None:
    bring(home, write(tmp_path / "one", payers("AB", 1)))
    with pytest.raises(UnableToImport, match="paid in 2025-01"):
        bring(home, write(tmp_path / "two", payers("XY", 1)))


# -- dry run ---------------------------------------------------------------------------------------------------


def test_dry_run_shows_figures_before_and_after_and_stores_nothing(home: Home, tmp_path: Path, write: Write,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    import types

    def figures(tables: Mapping[str, list[Path]], as_of: date) -> list[dict[str, object]]:
        assert as_of == AS_OF
        lines = [row for path in tables["invoice_lines"] for row in rows_of(path)]
        return [{"month": "2025-02", "customers": len({row["customer_id"] for row in lines}),
                 "mrr": f"{sum(row['net_cents'] for row in lines) / 100:.2f}"}]

    fake = types.ModuleType("hedgerow.app.revenue.preview")
    fake.figures_by_month = figures  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "hedgerow.app.revenue.preview", fake)
    bring(home, write(tmp_path / "one", payers("AB")))
    bring(home, write(tmp_path / "other", payers("Z")), source="other")
    before = (home.landing / "contract").resolve()
    found = bring(home, write(tmp_path / "two", payers("C")), is_dry_run=True)
    assert found.figures == ({"month": "2025-02", "customers_before": 3, "customers_after": 2, "mrr_before": "30.00",
                              "mrr_after": "20.00"},)
    assert (found.is_stored, (home.landing / "contract").resolve()) == (False, before)
    assert found.vanished is not None
    assert found.vanished.customers == ("A", "B")


# -- sources ---------------------------------------------------------------------------------------------------


def test_sources_tell_age_rows_and_problems(home: Home, tmp_path: Path, write: Write) -> None:
    bring(home, write(tmp_path / "one", payers("AB", 1)), source="billing")
    bring(home, write(tmp_path / "two", {"accounts": "customer_id,region\nA,US\nB,Mars\n"}), source="crm")
    billing, crm = sources(home, date(2025, 3, 20))
    assert (billing["source"], billing["state"], billing["rows"], billing["refused"]) == ("billing", "ok", 4, 0)
    assert (billing["latest_invoice_month"], billing["newest_record_on"], billing["data_age_days"]) == (
        "2025-01", "2025-02-01", 47)
    assert billing["loaded_age_days"] == 10
    assert (crm["state"], crm["refused"], crm["data_age_days"]) == ("problems", 1, None)
    assert "1 rows were refused" in crm["mend"]


def test_a_source_that_vanished_is_named_with_its_age(home: Home, tmp_path: Path, write: Write) -> None:
    bring(home, write(tmp_path / "one", payers("AB")), source="billing")
    bring(home, write(tmp_path / "two", {"accounts": "customer_id\nA\n"}), source="crm")
    (home.landing / "billing").unlink()
    gone = next(row for row in sources(home, date(2025, 3, 20)) if row["source"] == "billing")
    assert (gone["state"], gone["loaded_age_days"]) == ("vanished", 10)
    assert "last loaded on 2025-03-10, 10 days ago, with 4 rows" in gone["mend"]
    assert list(store.read_tables(home)) == ["accounts"]
    store.forget_source(home, "billing")
    assert [row["source"] for row in sources(home, AS_OF)] == ["crm"]


def test_a_source_without_manifest_is_still_read_and_reported(home: Home, tmp_path: Path, write: Write) -> None:
    bring(home, write(tmp_path / "one", {"accounts": "customer_id\nA\n"}))
    (home.landing / "contract" / "manifest.json").write_text("{")
    assert [row["state"] for row in sources(home, AS_OF)] == ["unreadable"]
    assert "accounts" in store.read_tables(home)


def test_importers_are_named_as_module_and_function() -> None:
    assert set(IMPORTERS) == {"contract", "subscriptions", "invoices", "stripe"}
    assert all(target.count(":") == 1 for target in IMPORTERS.values())
