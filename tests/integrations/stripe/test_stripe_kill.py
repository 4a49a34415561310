"""A kill before any request, and a real one: afterwards everything is there, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hedgerow.integrations.stripe import importer
from hedgerow.integrations.stripe.client import Requests
from hedgerow.warehouse.landing.raw import Delivery
from tests.integrations.stripe.conftest import Account
from tests.integrations.stripe.objects import customer, invoice, line
from tests.integrations.stripe.test_stripe_import import small_company


class Killed(BaseException):
    pass


def tables(delivery: Delivery) -> dict[str, list[str]]:
    return {raw.table: sorted(str({**row, "_line": 0}) for row in raw.data.to_pylist()) for raw in delivery.tables
            if raw.data is not None}


def test_a_kill_before_any_request_changes_nothing_in_the_end(account: Account) -> None:
    """Every request of the import is once the one that never comes back."""
    small_company(account)
    account.fake.page_size = 1
    whole = tables(account.read())
    requests = len(account.fake.log)
    assert requests == 15
    true_get = Requests.get
    for number in range(1, requests + 1):
        calls = iter(range(1, requests + 1))

        def dying(self: Requests, *parts: str, _calls: Any = calls, _at: int = number, **params: Any) -> dict[str, Any]:
            if next(_calls) == _at:
                raise Killed
            return true_get(self, *parts, **params)

        folder = account.root / f"cache-{number}"

        def read(into: Path = folder) -> Delivery:
            return importer.read_account(into, {}, environ=account.environ, sleep=account.slept.append,
                                         say=account.said.append)

        account.monkeypatch.setattr(Requests, "get", dying)
        with pytest.raises(Killed):
            read()
        account.monkeypatch.setattr(Requests, "get", true_get)
        assert tables(read()) == whole, f"killed before request {number}"


def test_kill_9_in_the_middle(account: Account) -> None:
    """The process is shot while it waits for the fourth page; the next import reads on from the third."""
    account.fake.add("customers", customer("cus_a"))
    account.fake.add("invoices", *(invoice(f"in_{i}", "cus_a", [line(100 + i)], created=f"2025-11-{i + 1:02d}")
                                   for i in range(20)))
    account.fake.page_size = 4
    code = ("import sys, pathlib; from hedgerow.integrations.stripe.importer import read; "
            "read(pathlib.Path(sys.argv[1]), {})")
    true_answer = account.fake.answer
    child: list[subprocess.Popen[bytes]] = []

    def answer(target: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        if len(account.fake.paths("/v1/invoices?")) == 4:
            os.kill(child[0].pid, signal.SIGKILL)
        return true_answer(target)

    account.fake.answer = answer  # type: ignore[method-assign]
    source = str(Path(importer.__file__).parents[3])
    child.append(subprocess.Popen([sys.executable, "-c", code, str(account.folder)], stderr=subprocess.DEVNULL,
                                  env={**os.environ, **account.environ, "PYTHONPATH": source}))
    assert child[0].wait(timeout=30) == -signal.SIGKILL
    account.fake.answer = true_answer  # type: ignore[method-assign]
    kept = len((account.folder / "invoices.jsonl").read_bytes().splitlines())
    assert kept == 12
    account.fake.log.clear()
    assert len(account.rows("invoices", "invoice_id")) == 20
    assert len(account.fake.paths("/v1/invoices?")) == 2 + 3  # the two pages left, and the three lists of unsettled
    assert len((account.folder / "invoices.jsonl").read_text().splitlines()) == 20
