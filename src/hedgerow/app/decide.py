"""The one way to a case decision, behind the command line, the REST door and the agent tool."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError

import hedgerow.app.history
import hedgerow.core.revenue.forecast_product
import hedgerow.core.revenue.metric_change
import hedgerow.core.revenue.metric_name
import hedgerow.core.revenue.split  # noqa: F401  (imported to register)
from hedgerow.core.registry import REGISTRY, Registered
from hedgerow.kernel.problem import Problem, UnableTo, Where

_CODES = {"missing": "missing", "extra_forbidden": "unknown_field", "literal_error": "unknown_value",
          "enum": "unknown_value", "greater_than_equal": "out_of_range", "less_than_equal": "out_of_range",
          "too_short": "out_of_range", "too_long": "out_of_range", "string_too_short": "missing",
          "string_too_long": "out_of_range"}


class UnableToDecide(UnableTo):
    """``unknown_decision``, or ``invalid_input`` with every problem and the path of its field."""


class InexactNumber(str):
    """A JSON number with a fraction or exponent, kept as it was written, so that no float ever exists."""


def known_decisions() -> list[Registered]:
    """Every decision, in order of name."""
    return REGISTRY.every()


def find_decision(name: str) -> Registered:
    """Raises ``UnableToDecide`` (``unknown_decision``) with the nearest names."""
    found = REGISTRY.find(name)
    if found:
        return found
    near = difflib.get_close_matches(name, list(REGISTRY.decisions), n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "hedgerow decide --list shows all"
    raise UnableToDecide("unknown_decision", f"there is no decision {name!r}: {hint}")


def read_case(text: str) -> Any:
    """JSON to plain values without floats. Raises ``UnableToDecide`` (``invalid_input``)."""
    repeated: list[Problem] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen:
                repeated.append(Problem("repeated_field", f"{key!r} is given twice; keep one", Where(path=key)))
            seen[key] = value
        return seen

    try:
        case = json.loads(text, parse_float=InexactNumber, parse_constant=InexactNumber, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, json.JSONDecodeError) else "it nests too deep, or a number is too long"
        raise _invalid([Problem("not_json", f"the input is not JSON: {reason}")]) from None
    if repeated:
        raise _invalid(repeated)
    try:
        json.dumps(case, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _invalid([Problem("not_text", "a text holds half a character (a lone surrogate)")]) from None
    return case


def decide(name: str, payload: Any, *, as_of: date, known_at: date, policies: Any,
           account: str | None = None) -> dict[str, Any]:
    """Decide one case and explain it.

    Returns plain JSON values: decision, as_of, known_at, policy (hash), value, reasons, near and read (the policy
    values that were read). Raises ``UnableToDecide`` with code ``unknown_decision`` or ``invalid_input``.
    A rule that says no is a normal answer.
    """
    found = find_decision(name)
    facts = _facts(found, payload)
    params = policies.params(as_of, known_at, account)
    decision = found.function(facts, params, as_of=as_of)
    return {"decision": name, "as_of": str(as_of), "known_at": str(known_at), "policy": policies.hash,
            "value": decision.value.model_dump(mode="json"),
            "reasons": [{"code": r.code, "text": r.text, "cite": r.cite, "values": plain(r.values)}
                        for r in decision.reasons],
            "near": [{"code": n.code, "text": n.text, "would_change_if": plain(n.would_change_if)}
                     for n in decision.near],
            "read": _read([r for r in params.reads if not found.matters or r.name in found.matters])}


def plain(value: Any) -> Any:
    """JSON values: money, percent, days and months as text; nothing is rounded."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return str(value)


def _read(reads: Sequence[Any]) -> list[dict[str, Any]]:
    listed = [{"name": r.name, "value": plain(r.value), "unit": r.unit, "cite": r.cite,
               "valid_from": str(r.valid_from), "source": r.source} for r in reads]
    return [row for i, row in enumerate(listed) if row not in listed[:i]]


def _facts(found: Registered, payload: Any) -> BaseModel:
    problems: list[Problem] = []
    if not isinstance(payload, Mapping):
        raise _invalid([Problem("wrong_type", "the input must be a JSON object with the facts of the case")])
    clean = _without_floats(payload, "", problems)
    inexact = {problem.where.path for problem in problems}
    try:
        facts = found.input_model.model_validate(clean)
    except ValidationError as error:
        known = _field_names(found.input_model.model_json_schema())
        listed = [_problem(entry, known) for entry in error.errors(include_url=False) if not _is_echo(entry)]
        problems += [problem for problem in listed if problem.where.path not in inexact]
    else:
        if not problems and found.check:
            problems += found.check(facts)
    if problems:
        raise _invalid(problems)
    return facts


def _is_echo(error: Any) -> bool:
    """A list is called too short when it is long enough, but its items are refused; those are named already."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _invalid(problems: list[Problem]) -> UnableToDecide:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return UnableToDecide("invalid_input", f"the input has {count}", problems)


def _without_floats(value: Any, path: str, problems: list[Problem]) -> Any:
    if isinstance(value, float | InexactNumber):
        text = str(value)
        problems.append(Problem("float_not_allowed", f'write "{text}" as a decimal string in quotes, not as a number',
                                Where(path=path), value=text))
        return text
    if isinstance(value, Mapping):
        return {key: _without_floats(item, f"{path}.{key}" if path else str(key), problems)
                for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_floats(item, f"{path}[{i}]", problems) for i, item in enumerate(value)]
    return value


def _path(loc: Sequence[int | str]) -> str:
    path = ""
    for part in loc:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def _problem(error: Any, known: list[str]) -> Problem:
    kind, path = error["type"], _path(error["loc"])
    last = str(error["loc"][-1]) if error["loc"] else ""
    given = "" if kind == "missing" else str(error["input"])[:80]
    message = f"{path or 'the input'}: {error['msg'][:1].lower()}{error['msg'][1:]}"
    if kind == "missing":
        message = f"{path} is missing"
    elif kind == "extra_forbidden":
        near = difflib.get_close_matches(last, known, n=1)
        message = f"{path} is not a field of this decision" + (f"; did you mean {near[0]}?" if near else "")
        given = ""
    elif kind == "tuple_type":
        message = f"{path}: must be a list"
    elif kind == "too_short":
        message = f"{path}: must have at least {error['ctx']['min_length']} item"
    elif kind in ("model_type", "model_attributes_type", "dict_type"):
        message = f"{path or 'the input'}: must be an object with named fields"
    elif kind in ("literal_error", "enum"):
        message = f"{path}: {given!r} is not one of {error['ctx']['expected'].replace(chr(39), '')}"
    code = _CODES.get(kind) or (kind if "_type" not in kind and "parsing" not in kind else "wrong_type")
    return Problem(code, message, Where(path=path), value=given)


def _field_names(schema: Any) -> list[str]:
    """All field names anywhere in a JSON schema, for suggestions."""
    names: list[str] = []
    if isinstance(schema, dict):
        names += list(schema.get("properties", {}))
        for part in schema.values():
            names += _field_names(part)
    elif isinstance(schema, list):
        for part in schema:
            names += _field_names(part)
    return names
