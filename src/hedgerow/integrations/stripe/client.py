"""One door to the Stripe API: the official client, with a retry that honours Retry-After and can be tested.

The client's own retry knows connection errors and 5xx, but neither 429 nor Retry-After, and it sleeps by itself; so it
is switched off (``max_network_retries=0``) and every retry happens here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from hedgerow.warehouse.landing.raw import UnableToRead

KEY_NAMES = ("HEDGEROW_STRIPE_API_KEY", "STRIPE_API_KEY")
BASE_NAME = "HEDGEROW_STRIPE_API_BASE"
LIVE_BASE = "https://api.stripe.com"
_ATTEMPTS = 8
_LONGEST_WAIT = 300  # seconds; whoever asks us to wait longer is better asked again in another import
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class GoneError(Exception):
    """The object asked for, or the object that a page starts after, does not exist (any more)."""


@dataclass(frozen=True)
class Access:
    """Where and as whom to ask. The key is never shown: not in ``repr``, not in a message, not in a file."""

    key: str = field(repr=False)
    base: str = LIVE_BASE

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Access:
        """Raises UnableToRead(no_api_key | insecure_base)."""
        key = next((environ[name].strip() for name in KEY_NAMES if environ.get(name, "").strip()), "")
        if not key:
            raise UnableToRead("no_api_key", "no Stripe API key: set STRIPE_API_KEY (a restricted key that may read is "
                                             "enough). It is read from the environment only")
        if not key.isascii() or not key.isprintable() or " " in key:
            raise UnableToRead("bad_api_key", "the Stripe API key holds characters that no key has; set it again")
        base = environ.get(BASE_NAME, "").strip().rstrip("/") or LIVE_BASE
        parts = urlsplit(base)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise UnableToRead("insecure_base", f"{BASE_NAME} must be https, or http on this machine: the key would "
                                                "travel in the clear")
        return cls(key, base)


class Requests:
    """GET requests only; answers as plain JSON in which numbers with a point stay text, so that no float is made."""

    def __init__(self, access: Access, sleep: Callable[[float], None], say: Callable[[str], None]) -> None:
        import stripe

        self._stripe, self._access, self._sleep, self._say = stripe, access, sleep, say
        self._client = stripe.StripeClient(access.key, base_addresses={"api": access.base}, max_network_retries=0)
        self.api_version = str(stripe.api_version)
        self.count = 0

    def get(self, *parts: str, **params: Any) -> dict[str, Any]:
        """``get("invoices", "in_1", "lines", limit=100)``. Raises GoneError, or UnableToRead when it is of no use.

        Codes: bad_api_key, not_permitted, rate_limited, unreachable, stripe_error.
        """
        url = "/v1/" + "/".join(quote(part, safe="") for part in parts)
        for attempt in range(_ATTEMPTS):
            try:
                self.count += 1
                response = self._client.raw_request("get", url, **params)
                found = json.loads(response.body, parse_float=str)
                if not isinstance(found, dict):
                    raise UnableToRead("stripe_error", f"{url}: the answer is no object")
                return found
            except self._stripe.StripeError as error:
                if not self._is_passing(error) or attempt == _ATTEMPTS - 1:
                    self._refuse(url, error)
                wait = _wait(error, attempt)
                self._say(f"{url}: {_short(error)}; waiting {wait} s")
                self._sleep(wait)
        raise AssertionError("the last attempt either returned or raised")

    def _is_passing(self, error: Any) -> bool:
        if isinstance(error, self._stripe.RateLimitError | self._stripe.APIConnectionError):
            return True
        return error.http_status in (409, 429) or (error.http_status or 0) >= 500

    def _refuse(self, url: str, error: Any) -> None:
        """Turn the client's error into ours; the chain is cut, so that no traceback holds the request's headers."""
        kinds = self._stripe
        if error.http_status == 404 or error.code == "resource_missing":
            raise GoneError(url) from None
        if isinstance(error, kinds.AuthenticationError):
            raise UnableToRead("bad_api_key", "Stripe does not accept this API key") from None
        if isinstance(error, kinds.PermissionError):
            raise UnableToRead("not_permitted", f"this API key may not read {url}; allow it in the key's settings, or "
                               f"leave the kind out with --option skip={url.split('/')[2]}") from None
        if isinstance(error, kinds.RateLimitError) or error.http_status == 429:
            raise UnableToRead("rate_limited", f"{url}: still too many requests after {_ATTEMPTS} attempts. What was "
                                               "read is kept; import again later to continue") from None
        if isinstance(error, kinds.APIConnectionError):
            raise UnableToRead("unreachable", f"Stripe cannot be reached at {self._access.base}. What was read is "
                                              "kept; import again to continue") from None
        message = str(error.user_message or "").replace(self._access.key, "…")[:300]
        raise UnableToRead("stripe_error", f"{url}: {_short(error)}: {message}. What was read is kept; import again "
                                           "to continue") from None


def _short(error: Any) -> str:
    return f"status {error.http_status}" if error.http_status else "no connection"


def _wait(error: Any, attempt: int) -> int:
    """Seconds: what Retry-After asks for, else 1, 2, 4 … up to a minute."""
    asked = {str(name).lower(): str(value) for name, value in (error.headers or {}).items()}.get("retry-after", "")
    if asked.strip().isdigit():
        return min(int(asked), _LONGEST_WAIT)
    return int(min(2**attempt, 60))
