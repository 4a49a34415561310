"""Walking the commands as a person would: a home of one's own, one command after another, exact figures out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from hedgerow.cli.main import app


@dataclass(frozen=True)
class Walk:
    """One home folder and the day from which everything is seen (ISO)."""

    home: Path
    as_of: str

    def run(self, *words: str, code: int = 0) -> str:
        """Printed text of a command that must end with this exit code."""
        result = CliRunner().invoke(app, [*words, "--home", str(self.home)])
        crashed = result.exception is not None and not isinstance(result.exception, SystemExit)
        assert not crashed, f"{words}: {result.exception!r}"
        assert result.exit_code == code, f"{words}: {result.output}"
        return result.output

    def bring(self, kind: str, path: Path, *words: str, code: int = 0) -> str:
        """Import a source as of the day."""
        return self.run("import", kind, str(path), "--as-of", self.as_of, *words, code=code)

    def build(self) -> None:
        self.run("run", "--as-of", self.as_of)

    def ask(self, *words: str) -> list[dict[str, Any]]:
        """Rows of ``hedgerow revenue …`` as programs read them."""
        rows: list[dict[str, Any]] = json.loads(self.run("revenue", *words, "--json"))
        return rows

    def moved(self, first: str, last: str) -> dict[tuple[str, str | None, str], tuple[int, str]]:
        """(month, product, component) -> (customers, amount), without the components in which nothing happened."""
        rows = self.ask("movements", "--from", first, "--to", last, "--product", "all")
        return {(r["month"], r["product"], r["component"]): (r["customers"], r["amount"]) for r in rows
                if r["customers"] or r["amount"] != "0.00"}

    def kept(self, month: str) -> dict[tuple[int, str | None], tuple[Any, ...]]:
        """(window, product) -> (customers, base, current, capped, ndr, gdr) of one month."""
        rows = self.ask("retention", "--from", month, "--to", month, "--product", "all")
        return {(r["window"], r["product"]): (r["customers"], r["base"], r["current"], r["capped"], r["ndr"], r["gdr"])
                for r in rows}

    def months(self, customer: str, series: str = "unadjusted", product: str | None = None) -> dict[str, Any]:
        """Month -> (mrr, stage) of one customer."""
        return {r["month"]: (r["mrr"], r["stage"]) for r in self.ask("month", customer, "--product", "all")
                if r["series"] == series and r["product"] == product}
