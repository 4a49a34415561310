from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hedgerow.app.landing.operations import Imported, ImportRequest, import_source
from hedgerow.home import Home
from hedgerow.integrations.stripe import importer
from hedgerow.warehouse.landing.raw import Delivery
from tests.integrations.stripe.fake_server import KEY, FakeStripe, serving

pytest.importorskip("stripe", reason="the Stripe client is not installed")


@dataclass
class Account:
    """A fake Stripe account, a home to import it into, and what was slept and said meanwhile."""

    fake: FakeStripe
    root: Path
    monkeypatch: pytest.MonkeyPatch
    slept: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def home(self) -> Home:
        return Home(self.root / "home")

    @property
    def folder(self) -> Path:
        return self.home.landing / ".stripe-cache"

    @property
    def environ(self) -> dict[str, str]:
        return {"STRIPE_API_KEY": KEY, "HEDGEROW_STRIPE_API_BASE": self.fake.base}

    def read(self, say: Callable[[str], None] | None = None, **options: str) -> Delivery:
        return importer.read_account(self.folder, options, environ=self.environ, sleep=self.slept.append,
                                     say=say or self.said.append)

    def rows(self, table: str, *columns: str, **options: str) -> list[Any]:
        """Raw rows of a table, as tuples of the columns named, sorted."""
        found = {raw.table: raw.data for raw in self.read(**options).tables}
        listed = found[table].to_pylist() if table in found else []
        return sorted(tuple(row[column] for column in columns) for row in listed)

    def land(self, as_of: str = "2025-12-10", **options: str) -> Imported:
        """The whole import, through the checks, into the landing store."""
        for name, value in self.environ.items():
            self.monkeypatch.setenv(name, value)
        self.monkeypatch.setattr("time.sleep", self.slept.append)
        return import_source(self.home, ImportRequest(
            "stripe", self.folder, date.fromisoformat(as_of), datetime(2025, 12, 10, tzinfo=UTC),
            lambda: Decimal(20), options=options))

    def stored(self, table: str, columns: str) -> list[Any]:
        import duckdb

        path = self.home.landing / "stripe" / f"{table}.parquet"
        with duckdb.connect() as con:
            return con.execute(f"SELECT {columns} FROM read_parquet('{path}') ORDER BY ALL").fetchall()


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    monkeypatch.setattr("os.fsync", lambda _: None)  # no plug is pulled here, and syncing takes most of the time
    with serving(FakeStripe()) as fake:
        yield Account(fake, tmp_path, monkeypatch)
