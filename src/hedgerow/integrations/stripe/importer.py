"""``hedgerow import stripe [FOLDER]``: read the account into a cache folder, then map the cache into the contract.

The folder holds what was read; without one it is ``landing/.stripe-cache`` of the home. One folder, one Stripe account.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from hedgerow.home import Home
from hedgerow.integrations.stripe.cache import Cache
from hedgerow.integrations.stripe.client import Access, Requests
from hedgerow.integrations.stripe.fetch import LOOKBACK_DAYS, STEPS, Fetch, Wish
from hedgerow.integrations.stripe.mapping import delivery_of
from hedgerow.warehouse.landing.raw import Delivery, UnableToRead

CACHE_FOLDER = ".stripe-cache"
_OPTIONS = ("full", "lookback_days", "skip")


def read(path: Path, options: Mapping[str, str]) -> Delivery:
    """Everything of one Stripe account, as raw tables.

    Options: ``lookback_days`` (60), ``full=true`` (list everything again), ``skip=credit_notes+refunds`` (leave kinds
    out that the key may not read). Raises UnableToRead: no_api_key, bad_api_key, not_permitted, insecure_base,
    rate_limited, unreachable, stripe_error, other_account, busy, cache_damaged, bad_option, no_client.
    """
    return read_account(path, options, environ=os.environ, sleep=time.sleep, say=Progress().say)


def read_account(path: Path, options: Mapping[str, str], *, environ: Mapping[str, str],
                 sleep: Callable[[float], None], say: Callable[[str], None]) -> Delivery:
    """``read`` with its surroundings given: environment, sleeping, and where progress goes."""
    wish = wish_of(options)
    access = Access.of(environ)
    try:
        requests = Requests(access, sleep, say)
    except ModuleNotFoundError:
        raise UnableToRead("no_client", "the Stripe client is not installed: pip install 'hedgerow[stripe]'") from None
    folder = cache_folder(path, environ)
    with Cache(folder, api_version=requests.api_version, base=access.base) as cache:
        fetch = Fetch(cache, requests, wish, say)
        fetch.run()
        say(f"done: {fetch.changed} new or changed objects in {requests.count} requests")
        return delivery_of(cache, wish)


def cache_folder(path: Path, environ: Mapping[str, str]) -> Path:
    """The folder given; without one (the current folder is nobody's cache) the home's own."""
    if path not in (Path("."), Path("")):
        if path.exists() and not path.is_dir():
            raise UnableToRead("bad_option", f"{path} is a file; name a folder to keep what is read")
        return path
    return Home.at(environ.get("HEDGEROW_HOME")).landing / CACHE_FOLDER


def wish_of(options: Mapping[str, str]) -> Wish:
    """Raises UnableToRead(bad_option)."""
    unknown = sorted(options.keys() - set(_OPTIONS))
    if unknown:
        raise UnableToRead("bad_option", f"stripe knows no option {', '.join(unknown)}; it knows {', '.join(_OPTIONS)}")
    days = options.get("lookback_days", str(LOOKBACK_DAYS))
    if not (days.isascii() and days.isdigit() and len(days) <= 5):
        raise UnableToRead("bad_option", f"lookback_days is a number of days, not {days!r}")
    full = options.get("full", "false").lower()
    if full not in ("true", "false"):
        raise UnableToRead("bad_option", f"full is true or false, not {full!r}")
    skips = frozenset(filter(None, options.get("skip", "").replace(",", "+").split("+")))
    if skips - set(STEPS):
        raise UnableToRead("bad_option", f"skip names what may be left out: {', '.join(STEPS)}; "
                                         f"not {', '.join(sorted(skips - set(STEPS)))}")
    return Wish(int(days), full == "true", skips)


class Progress:
    """One line on stderr that counts up; on a terminal it is written over, elsewhere each kind has its last count."""

    def __init__(self) -> None:
        self._kind, self._text = "", ""

    def say(self, text: str) -> None:
        kind = text.rpartition(" ")[0]
        if sys.stderr.isatty():
            end = "\n" if self._kind and kind != self._kind else ""
            sys.stderr.write(f"{end}\r\x1b[2Kstripe: {text}" + ("\n" if text.startswith("done") else ""))
        elif text.startswith("done") or (self._kind and kind != self._kind):
            sys.stderr.write("".join(f"stripe: {line}\n" for line in
                                     (self._text, text if text.startswith("done") else "") if line))
        self._kind, self._text = kind, text
        sys.stderr.flush()
