"""A small Stripe on loopback: lists newest first, pages, ``created`` and ``status`` filters, failures on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KEY = "sk_test_aVerySecretKey"
LINES_INSIDE = 10  # as many as Stripe puts into the invoice itself
_INSIDE = ("lines", "balance_transactions")


@dataclass
class Failure:
    """Answer the ``nth`` request (from 1) whose path starts with ``path`` with a status instead; ``times`` in a row."""

    path: str
    nth: int
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    code: str = ""
    seen: int = 0


@dataclass
class FakeStripe:
    """``objects``: kind -> objects, in any order. ``log``: every path with its query that was asked for."""

    objects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    page_size: int = 100
    base: str = ""

    def add(self, kind: str, *found: dict[str, Any]) -> None:
        self.objects.setdefault(kind, []).extend(found)

    def paths(self, start: str = "/v1/") -> list[str]:
        return [path for path in self.log if path.startswith(start)]

    def answer(self, target: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        parts = urlsplit(target)
        for failure in self.failures:
            if parts.path.startswith(failure.path):
                failure.seen += 1
                if failure.nth <= failure.seen < failure.nth + failure.times:
                    return failure.status, failure.headers, _error(failure.code or "failure")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        names = [unquote(name) for name in parts.path.removeprefix("/v1/").split("/")]
        if len(names) == 2:
            return self._one(names[0], names[1])
        if len(names) == 3 and names[2] in _INSIDE:
            return self._page(self._inside(names), query, parts.path)
        if names[0] not in self.objects and names[0] not in KINDS:
            return 404, {}, _error("unknown_url")
        found = self._filtered(names[0], query)
        return self._page([self._shown(names[0], one, query) for one in found], query, parts.path)

    def _one(self, kind: str, key: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        for one in self.objects.get(kind, []):
            if one["id"] == key:
                return 200, {}, self._shown(kind, one, {})
        return 404, {}, _error("resource_missing")

    def _inside(self, names: list[str]) -> list[dict[str, Any]]:
        if names[2] == "balance_transactions":
            of_customer = [one for one in self.objects.get("balance_transactions", []) if one["customer"] == names[1]]
            return of_customer[::-1]
        return next(one for one in self.objects[names[0]] if one["id"] == names[1])["lines"]

    def _filtered(self, kind: str, query: dict[str, str]) -> list[dict[str, Any]]:
        found = list(self.objects.get(kind, []))
        if kind == "invoice_payments":
            intent = query["payment[payment_intent]"]
            found = [one for one in found if one["payment"]["payment_intent"] == intent]
        if "created[gte]" in query:
            found = [one for one in found if one["created"] >= int(query["created[gte]"])]
        if query.get("status", "all") != "all":
            found = [one for one in found if one.get("status") == query["status"]]
        return sorted(found, key=lambda one: one.get("created", 0), reverse=True)

    def _shown(self, kind: str, one: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        if kind in ("invoices", "credit_notes"):
            lines = one["lines"]
            return {**one, "lines": {"object": "list", "data": lines[:LINES_INSIDE], "url": "",
                                     "has_more": len(lines) > LINES_INSIDE}}
        if kind == "prices" and "data.tiers" not in query.values():
            return {name: value for name, value in one.items() if name != "tiers"}
        return one

    def _page(self, found: list[dict[str, Any]], query: dict[str, str],
              path: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        start = 0
        if after := query.get("starting_after"):
            places = [i for i, one in enumerate(found) if one["id"] == after]
            if not places:
                return 400, {}, _error("resource_missing")
            start = places[0] + 1
        end = start + min(int(query.get("limit", "10")), self.page_size)
        return 200, {}, {"object": "list", "url": path, "data": found[start:end], "has_more": end < len(found)}


KINDS = ("products", "prices", "customers", "subscriptions", "invoices", "credit_notes", "refunds", "invoice_payments")


def _error(code: str) -> dict[str, Any]:
    return {"error": {"type": "invalid_request_error", "code": code, "message": f"refused with {KEY}"}}


@contextmanager
def serving(fake: FakeStripe) -> Iterator[FakeStripe]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else every answer waits 40 ms

        def do_GET(self) -> None:
            fake.log.append(self.path)
            if self.headers.get("Authorization") == f"Bearer {KEY}":
                status, headers, body = fake.answer(self.path)
            else:
                status, headers, body = 401, {}, {"error": {"type": "invalid_request_error", "message": "no"}}
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content)),
                                "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    fake.base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
