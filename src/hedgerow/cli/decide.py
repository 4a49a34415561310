"""``hedgerow decide``: list the decisions, show one's schema, decide a case."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hedgerow.cli.output import Exit, console_out, fail, fail_with, show


def decide(
    name: Annotated[str, typer.Argument(help="Decision, for example revenue.split; the case comes as JSON on "
                                             "standard input or from --input")] = "",
    list_all: Annotated[bool, typer.Option("--list", help="List all decisions")] = False,
    schema: Annotated[str, typer.Option("--schema", metavar="NAME", help="Show input, output and an example")] = "",
    input_file: Annotated[Path | None, typer.Option("--input", metavar="FILE", help="Read the case from here")] = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the rules hold; today")] = None,
    known_at: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As known on this day; today")] = None,
    policies: Annotated[Path | None,
                        typer.Option(metavar="FOLDER", help="Company policies; default: those of the home")] = None,
    account: Annotated[str | None, typer.Option(help="Account whose exceptions count")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON")] = False,
) -> None:
    """Decide one case and say why."""
    if list_all:
        _list(as_json)
    elif schema:
        _schema(schema, as_json)
    elif name:
        today = datetime.now(UTC).date()
        _decide(name, input_file, as_of=as_of.date() if as_of else today,
                known_at=known_at.date() if known_at else today, folder=policies, account=account, as_json=as_json)
    else:
        fail("name a decision, or use --list or --schema NAME", code="no_decision", as_json=as_json)


def _list(as_json: bool) -> None:
    from hedgerow.app.decide import known_decisions

    show([{"decision": d.name, "summary": d.summary, "rules": ", ".join(d.rules)} for d in known_decisions()],
         as_json=as_json)


def _schema(name: str, as_json: bool) -> None:
    from hedgerow.app.decide import UnableToDecide, find_decision

    try:
        found = find_decision(name)
    except UnableToDecide as error:
        fail_with(error, as_json=as_json, exit_code=Exit.NOT_FOUND)
    sys.stdout.write(json.dumps(found.schema(), ensure_ascii=False, indent=2) + "\n")


def _decide(name: str, source: Path | None, *, as_of: date, known_at: date, folder: Path | None, account: str | None,
            as_json: bool) -> None:
    from hedgerow.app.decide import decide as decide_case
    from hedgerow.app.decide import find_decision, read_case
    from hedgerow.home import Home
    from hedgerow.kernel.problem import UnableTo
    from hedgerow.policies.loader import load_policies

    own = Home.at().policies
    folder = folder or (own if own.is_dir() else None)
    try:
        find_decision(name)
        case = read_case(_text(source, as_json))
        answer = decide_case(name, case, as_of=as_of, known_at=known_at, policies=load_policies(folder),
                             account=account)
    except UnableTo as error:
        unknown = error.code == "unknown_decision"
        fail_with(error, as_json=as_json, exit_code=Exit.NOT_FOUND if unknown else Exit.BAD_INPUT)
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    else:
        _explain(answer)


def _text(source: Path | None, as_json: bool) -> str:
    if source is None and sys.stdin.isatty():
        fail("give the case as JSON on standard input or with --input FILE; --schema NAME shows an example",
             code="no_case", as_json=as_json)
    try:
        return source.read_text(encoding="utf-8-sig") if source else sys.stdin.buffer.read().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        fail(f"cannot read {source or 'standard input'}: {reason}", code="unreadable", as_json=as_json)


def _explain(answer: dict[str, Any]) -> None:
    console = console_out()
    console.print(f"{answer['decision']} as of {answer['as_of']}, known at {answer['known_at']}")
    tables = {key: rows for key, rows in answer["value"].items() if _is_table(rows)}
    for key, value in answer["value"].items():
        if key not in tables:
            console.print(f"  {key.replace('_', ' ')}: {_words(value)}")
    for key, rows in tables.items():
        _show_rows(key, rows)
    console.print("Because")
    for reason in answer["reasons"]:
        console.print(f"  {reason['code']}  {reason['text']}" + (f"  ({reason['cite']})" if reason["cite"] else ""))
    if answer["near"]:
        console.print("It would be different")
    for near in answer["near"]:
        flips = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in near["would_change_if"].items())
        console.print(f"  {near['code']}  {near['text']}  (if {flips})")
    show([{"policy value": r["name"], "value": _words(r["value"]), "unit": r["unit"], "since": r["valid_from"],
           "cite": r["cite"]} for r in answer["read"]], title="Policy values read", empty="none")


def _show_rows(title: str, rows: list[dict[str, Any]]) -> None:
    """A table; tables inside its rows follow as tables of their own, each row under the name of its parent."""
    inner: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        name, parent = next(iter(row.items()))
        for key in [key for key, cell in row.items() if _is_table(cell)]:
            inner.setdefault(key, []).extend({name: parent, **child} for child in row[key])
    flat = [{key: _words(cell) for key, cell in row.items() if key not in inner} for row in rows]
    show(flat, title=title.replace("_", " "))
    for key, children in inner.items():
        _show_rows(key, children)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _words(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(item)}" for key, item in value.items()) or "none"
    if isinstance(value, list):
        return "; ".join(_words(item) for item in value) or "none"
    return str(value)
