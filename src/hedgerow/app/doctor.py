"""What is set up, how old it is, what is wrong, and how to mend each thing (``hedgerow doctor``)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hedgerow.app.revenue.close import UnableToCloseMonth, closed_months, frozen_figures, why_too_early
from hedgerow.app.revenue.insights import NOT_EXPLAINED, merge_candidates, repeated_fixes, shrink_causes
from hedgerow.app.revenue.queries.adjustments import issue_counts, what_to_do
from hedgerow.app.revenue.queries.window import last_closed
from hedgerow.home import Home
from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.snapshot_reader import Snapshot

Rows = list[dict[str, Any]]

#: ``wrong`` makes the command leave with 1; ``look`` is for a person to decide; ``ok`` and ``info`` need nothing.
STATES = ("wrong", "look", "ok", "info")


def doctor(*, home: Home, as_of: date) -> Rows:
    """Rows of (area, check, state, detail, mend). Every check runs, also after one that fails."""
    rows = [*_configuration(home), *_sources(home, as_of)]
    try:
        snapshot = Snapshot.open(home)
    except UnableTo as error:
        return [*rows, _row("snapshot", "current snapshot", "wrong", error.message, "hedgerow run")]
    with snapshot:
        for check in (_snapshot, _failed_builds, _integrity, _issues, _causes, _merges, _fixes, _closes):
            rows += _guarded(check, snapshot, as_of)
    return rows


def is_wrong(rows: Rows) -> bool:
    return any(row["state"] == "wrong" for row in rows)


def _row(area: str, check: str, state: str, detail: str, mend: str = "") -> dict[str, Any]:
    return {"area": area, "check": check, "state": state, "detail": detail, "mend": mend or None}


def _guarded(check: Callable[[Snapshot, date], Rows], snapshot: Snapshot, as_of: date) -> Rows:
    """A check that cannot run is itself a finding; the others still run."""
    try:
        return check(snapshot, as_of)
    except UnableTo as error:
        return [_row("doctor", check.__name__.strip("_"), "wrong", error.message, "see the message")]
    except Exception as error:
        return [_row("doctor", check.__name__.strip("_"), "wrong", f"the check broke: {_first_line(error)}",
                     "build again: hedgerow run --force")]


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _configuration(home: Home) -> Rows:
    if not home.root.is_dir():
        return [_row("configuration", "home", "wrong", f"{home.root} does not exist",
                     "name another with --home or HEDGEROW_HOME, or begin with: hedgerow demo")]
    rows = [_row("configuration", "home", "info", str(home.root))]
    try:
        from hedgerow.policies.loader import load_policies

        own = home.policies if home.policies.is_dir() else None
        policies = load_policies(own)
    except UnableTo as error:
        found = "; ".join(str(problem) for problem in error.problems[:5]) or error.message
        return [*rows, _row("configuration", "policies", "wrong", found, f"hedgerow policy check {home.policies}")]
    except ImportError:
        return [*rows, _row("configuration", "policies", "wrong", "the policy loader is missing", "install again")]
    whose = f"reference policies with {own} on top" if own else "reference policies"
    return [*rows, _row("configuration", "policies", "ok",
                        f"{whose}: {len(policies.names())} parameters, {policies.hash[:19]}")]


def _sources(home: Home, as_of: date) -> Rows:
    try:
        from hedgerow.app.landing.sources import sources
    except ImportError:
        return [_row("sources", "all", "look", "the landing part is missing from this installation", "install again")]
    try:
        found = sources(home, as_of)
    except Exception as error:
        # The doctor speaks about broken things; none of them may silence it.
        return [_row("sources", "all", "wrong", f"the landing folder cannot be read: {_first_line(error)}",
                     "import the sources again: hedgerow import FORMAT PATH")]
    if not found:
        return [_row("sources", "all", "wrong", "nothing has been imported",
                     "hedgerow import contract FOLDER, or try: hedgerow demo")]
    states = {"ok": "ok", "problems": "look"}
    return [_row("sources", source["source"], states.get(source["state"], "wrong"), _source_words(source),
                 source["mend"]) for source in found]


def _source_words(source: dict[str, Any]) -> str:
    age = source.get("data_age_days")
    parts = [f"{source['rows']} rows" if source.get("rows") is not None else "",
             f"newest record {age} day(s) old" if age is not None else "age unknown",
             f"loaded {source['loaded_age_days']} day(s) ago" if source.get("loaded_age_days") is not None else "",
             f"{source['refused']} refused" if source.get("refused") else "",
             source["state"] if source["state"] not in ("ok", "problems") else ""]
    return ", ".join(part for part in parts if part)


def _snapshot(snapshot: Snapshot, as_of: date) -> Rows:
    age = (as_of - snapshot.as_of).days
    engine = str(snapshot.manifest.get("engine", "unknown engine"))
    detail = f"{snapshot.id}, as of {snapshot.as_of}, {engine}"
    if not snapshot.is_ok:
        return [_row("snapshot", "current snapshot", "wrong", f"{detail}: failed its checks", "hedgerow run")]
    if age > 1:
        return [_row("snapshot", "current snapshot", "look", f"{detail}; {age} days old", "hedgerow run")]
    return [_row("snapshot", "current snapshot", "ok", detail), *_policy_of(snapshot)]


def _policy_of(snapshot: Snapshot) -> Rows:
    from hedgerow.policies.loader import load_policies

    own = snapshot.home.policies
    now = load_policies(own if own.is_dir() else None).hash
    if snapshot.policy_hash and now != snapshot.policy_hash:
        return [_row("snapshot", "policy", "look", "the policies changed since this snapshot was built",
                     "hedgerow run (closed months then show as restatements)")]
    return []


def _failed_builds(snapshot: Snapshot, as_of: date) -> Rows:
    """A failed build newer than the current snapshot means that the figures are older than they look."""
    import json

    rows = []
    for file in sorted(snapshot.home.snapshots.glob("*/manifest.json")):
        manifest = json.loads(file.read_text(encoding="utf-8"))
        is_newer = str(manifest.get("created_at", "")) > str(snapshot.manifest.get("created_at", ""))
        if manifest.get("status") == "failed" and is_newer:
            detail = f"{file.parent.name} failed its checks; the current snapshot is older"
            rows.append(_row("snapshot", "failed build", "wrong", detail,
                             f"see {file.parent / 'integrity.json'}, mend the source, then: hedgerow run"))
    return rows


def _integrity(snapshot: Snapshot, as_of: date) -> Rows:
    checks = snapshot.integrity()
    if not checks:
        return [_row("integrity", "all", "look", "this snapshot carries no integrity report", "hedgerow run --force")]
    bad = [check for check in checks if not check.get("ok")]
    if not bad:
        return [_row("integrity", "all", "ok", f"{len(checks)} checks passed")]
    return [_row("integrity", str(check.get("check")), "wrong", f"{check.get('detail', '')} ({check.get('rule', '')})",
                 "mend the source and build again: hedgerow run") for check in bad]


def _issues(snapshot: Snapshot, as_of: date) -> Rows:
    """Counts per code; overdue trial flags are among them (REV-41)."""
    harmless = ("package_comped", "billed_via")
    return [_row("data issues", code, "info" if code in harmless else "look", f"{count} record(s)",
                 f"{what_to_do(code)}; list: hedgerow revenue issues --code {code}")
            for code, count in issue_counts(snapshot).items()]


def _causes(snapshot: Snapshot, as_of: date) -> Rows:
    rows = [row for row in shrink_causes(snapshot=snapshot) if row["cause"] == NOT_EXPLAINED]
    if not rows:
        return []
    return [_row("insight", "why it shrank", "look", f"{len(rows)} customer-month(s) without a cause (REV-157)",
                 "hedgerow revenue shrink-causes --open")]


def _merges(snapshot: Snapshot, as_of: date) -> Rows:
    return [_row("merge candidates", f"{row['source']} -> {row['target']}", "look",
                 f"{row['because']}; {row['source']} went to 0 in {row['gone_in']} (from {row['gone']}), "
                 f"{row['target']} appeared in {row['appeared_in']} (at {row['appeared']})",
                 f"if they are one customer: {row['merge_with']}; list: hedgerow merge candidates")
            for row in merge_candidates(snapshot=snapshot)]


def _fixes(snapshot: Snapshot, as_of: date) -> Rows:
    return [_row("insight", f"repeated {row['what']}", "look", f"{row['times']} times {row['kind']}"
                 + (f": {row['note']}" if row["note"] else ""), row["suggestion"] + " (REV-148)")
            for row in repeated_fixes(snapshot=snapshot)]


def _closes(snapshot: Snapshot, as_of: date) -> Rows:
    rows = []
    for at in closed_months(snapshot.home):
        try:
            frozen_figures(snapshot.home, at)
        except UnableToCloseMonth as error:
            rows.append(_row("month close", str(at), "wrong", error.message, "restore the file from a backup"))
    last = last_closed(snapshot)
    if last not in closed_months(snapshot.home) and not why_too_early(snapshot, last):
        rows.append(_row("month close", str(last), "look", "is over and not closed yet",
                         f"hedgerow revenue close {last}"))
    return rows
