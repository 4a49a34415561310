"""``hedgerow policy``: look at the policies, check a folder of your own, compare two."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hedgerow.cli.output import Exit, fail, fail_with, show
from hedgerow.home import Home
from hedgerow.kernel.problem import UnableTo

if TYPE_CHECKING:
    from hedgerow.policies.dated import Parameter, Value
    from hedgerow.policies.tree import Policies

app = typer.Typer(no_args_is_help=True, help="Policies: every threshold, rate and list, dated and cited.")

PoliciesFolder = Annotated[
    Path | None, typer.Option("--policies", help="Your policy folder (default: the one in the home folder).")]
Name = Annotated[str, typer.Argument(help="Name of a value or a rule, such as revenue.spike_multiple.")]
AsOf = Annotated[str, typer.Option("--as-of", metavar="YYYY-MM-DD", help="The day asked about (default: today).")]
KnownAt = Annotated[
    str, typer.Option("--known-at", metavar="YYYY-MM-DD", help="As known on that day (default: today).")]
Account = Annotated[str | None, typer.Option("--account", help="Let the exceptions of this account apply.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="For spreadsheets.")]

_UNKNOWN = ("unknown_parameter", "unknown_rule")
_VALUE_COLUMNS = ("name", "value", "unit", "from", "to", "recorded_on", "cite", "source")


@app.command()
def check(folder: Annotated[Path | None, typer.Argument(help="Default: the policy folder of the home.")] = None,
          as_of: AsOf = "", as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Check a folder over the reference policies: all problems, and what changes nothing."""
    from hedgerow.policies.findings import findings

    day = _day(as_of, "--as-of")
    with _reported(as_json):
        policies = _load(folder)
        notes = findings(policies, as_of=day)
    rows = [{"file": n.where.file, "line": n.where.line, "column": n.where.column, "code": n.code,
             "message": n.message} for n in notes]
    counts = (f"{' + '.join(policies.layers)}: in order. {len(policies.parameters)} values, "
              f"{len(policies.rules)} rules, {len(policies.exceptions)} exceptions, {len(notes)} notes."
              f"\n{policies.hash}")
    if not (as_json or as_csv):
        typer.echo(counts)
    if rows or as_json or as_csv:
        show(rows, columns=("file", "line", "column", "code", "message"), title="Worth a look", as_json=as_json,
             as_csv=as_csv)


@app.command("show")
def show_value(name: Name, as_of: AsOf = "", known_at: KnownAt = "", account: Account = None,
               policies: PoliciesFolder = None, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """One value with its unit, its citation, and the day since which it holds."""
    from hedgerow.policies.lookup import find

    day, known = _day(as_of, "--as-of"), _day(known_at, "--known-at")
    with _reported(as_json):
        tree = _load(policies)
        if name in tree.rules:
            return _show_rule(tree, name, day, known, as_json, as_csv)
        parameter, value = find(tree, name, day, known, account)
    row = {**_value_row(parameter, value), "label": parameter.label, "type": parameter.type,
           "rule": ", ".join(parameter.rules), "note": value.note or parameter.note,
           "checked_on": _iso(value.checked_on), "as_of": day.isoformat(), "known_at": known.isoformat()}
    _show_one(row, parameter.label, as_json, as_csv)


def _show_rule(tree: Policies, name: str, day: date, known: date, as_json: bool, as_csv: bool) -> None:
    rule = tree.rule(name)
    state = "on" if tree.is_on(name, as_of=day, known_at=known) else "off"
    row = {"name": name, "value": state, "label": rule.label, "cite": rule.cite, "rule": ", ".join(rule.rules),
           "note": rule.note, "source": rule.source, **{f"when {c.name}": c.sql for c in rule.when},
           "params": ", ".join(rule.params), "as_of": day.isoformat(), "known_at": known.isoformat()}
    _show_one(row, rule.label, as_json, as_csv)


def _show_one(row: dict[str, Any], title: str, as_json: bool, as_csv: bool) -> None:
    if as_json or as_csv:
        show([row], as_json=as_json, as_csv=as_csv)
    else:
        show([{"field": key, "is": item} for key, item in row.items() if item not in (None, "")], title=title)


@app.command("list")
def list_values(word: Annotated[str, typer.Argument(help="Only names, labels and rules with this word.")] = "",
                as_of: AsOf = "", known_at: KnownAt = "", account: Account = None, policies: PoliciesFolder = None,
                as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """All values in force, or those that a word finds."""
    from hedgerow.policies.dated import UnableToReadPolicy
    from hedgerow.policies.lookup import find

    day, known = _day(as_of, "--as-of"), _day(known_at, "--known-at")
    with _reported(as_json):
        tree = _load(policies)
    rows = []
    for parameter in tree.parameters.values():
        if word.lower() not in " ".join((parameter.name, parameter.label, *parameter.rules)).lower():
            continue
        try:
            row = _value_row(*find(tree, parameter.name, day, known, account))
        except UnableToReadPolicy as error:
            row = {**dict.fromkeys(_VALUE_COLUMNS), "name": parameter.name, "unit": parameter.unit, "state": error.code}
        rows.append({**row, "label": parameter.label, "state": row.get("state", "in_force")})
    show(rows, columns=("name", "value", "unit", "from", "cite", "state", "label"), as_json=as_json, as_csv=as_csv,
         empty=f"No policy value has the word {word!r} in its name, label or rule.")


@app.command()
def history(name: Name, policies: PoliciesFolder = None, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Every value that a name ever had, corrections and overlays included, oldest first."""
    with _reported(as_json):
        tree = _load(policies)
        if name in tree.rules:
            rows = [{"name": name, "value": "on" if v.value else "off", **_dates(v)} for v in tree.rules[name].switches]
        else:
            parameter = tree.parameter(name)
            rows = [_value_row(parameter, v) for v in parameter.values]
            rows += [{**_value_row(parameter, e.value), "account": e.account, "approved_by": e.approved_by}
                     for e in tree.exceptions if e.name == name]
    columns = (*_VALUE_COLUMNS, "checked_on", "account", "approved_by", "note")
    show([{column: row.get(column) for column in columns} for row in rows], columns=columns, as_json=as_json,
         as_csv=as_csv, empty=f"{name} is on, and was never switched.")


@app.command()
def diff(before: Annotated[str, typer.Argument(help="A policy folder or file, or the word reference.")],
         after: Annotated[str, typer.Argument(help="A policy folder or file, or the word reference.")],
         known_at: KnownAt = "", as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """On which days two policies differ, value by value."""
    from hedgerow.policies.compare import differences

    known = _day(known_at, "--known-at") if known_at else date.max
    with _reported(as_json):
        found = differences(_tree(before), _tree(after), known_at=known)
    rows = [{"kind": d.kind, "name": d.name, "account": d.account, "from": _iso(d.start), "to": _iso(d.end),
             "before": _said(d.before), "after": _said(d.after)} for d in found]
    show(rows, columns=("kind", "name", "account", "from", "to", "before", "after"), as_json=as_json, as_csv=as_csv,
         empty="The two say the same on every day.")


@app.command()
def resolve(policies: PoliciesFolder = None) -> None:
    """The whole resolved policy as JSON, with its hash."""
    with _reported(as_json=True):
        tree = _load(policies)
    answer = {"hash": tree.hash, "layers": list(tree.layers), **tree.content}
    for name, parameter in tree.parameters.items():
        answer["parameters"][name] |= {"label": parameter.label, "cite": parameter.cite, "note": parameter.note}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


@app.command()
def coverage(as_of: AsOf = "", known_at: KnownAt = "", policies: PoliciesFolder = None, as_json: AsJson = False,
             as_csv: AsCsv = False) -> None:
    """Which pages and sections are cited by which rules, and which values nobody checked for a year."""
    from hedgerow.policies.coverage import citations, unchecked

    day, known = _day(as_of, "--as-of"), _day(known_at, "--known-at")
    with _reported(as_json):
        tree = _load(policies)
        stale = unchecked(tree, as_of=day, known_at=known)
    cited: list[dict[str, Any]] = [
        {"kind": "cited", "page": c.page, "section": c.section, "rules": ", ".join(c.rules),
         "names": ", ".join(c.names)} for c in citations(tree)]
    waiting = [{"kind": "unchecked", "page": u.cite.partition("#")[0], "section": u.cite.partition("#")[2],
                "names": u.name, "from": _iso(u.valid_from), "checked_on": _iso(u.checked_on), "days": u.days}
               for u in stale]
    if as_json or as_csv:
        columns = ("kind", "page", "section", "rules", "names", "from", "checked_on", "days")
        show([{column: row.get(column) for column in columns} for row in (*cited, *waiting)], columns=columns,
             as_json=as_json, as_csv=as_csv)
        return
    show(cited, columns=("page", "section", "rules", "names"), title="Cited pages and sections")
    typer.echo("")
    show(waiting, columns=("names", "page", "section", "from", "checked_on", "days"),
         title="Not checked against the page by a person for a year (an empty day: never)",
         empty="Every value was checked within a year.")


def _load(folder: Path | None) -> Policies:
    """The reference with the folder given, else with the home's own when there is one."""
    from hedgerow.policies.loader import home_policies

    return home_policies(Home.at(), folder)


def _tree(name: str) -> Policies:
    from hedgerow.policies.loader import REFERENCE, load_policies, reference_policies

    return reference_policies() if name == REFERENCE else load_policies(Path(name))


@contextmanager
def _reported(as_json: bool) -> Iterator[None]:
    """Leave with every problem on standard error: 3 for a name that does not exist, else 2."""
    try:
        yield
    except UnableTo as error:
        fail_with(error, as_json=as_json, exit_code=Exit.NOT_FOUND if error.code in _UNKNOWN else Exit.BAD_INPUT)


def _day(text: str, option: str) -> date:
    if not text:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"{option} must be a day such as 2025-04-01, not {text!r}", code="bad_date")


def _value_row(parameter: Parameter, value: Value) -> dict[str, Any]:
    from hedgerow.policies.tree import plain

    return {"name": parameter.name, "value": "off" if value.is_off else _said(plain(value.value)),
            "unit": parameter.unit, **_dates(value)}


def _dates(value: Value) -> dict[str, Any]:
    return {"from": _iso(value.valid_from), "to": _iso(value.valid_to), "recorded_on": _iso(value.recorded_on),
            "cite": value.cite, "source": value.source, "checked_on": _iso(value.checked_on), "note": value.note}


def _said(value: Any) -> str | None:
    """One flat word or number for a cell; lists and mappings as JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
