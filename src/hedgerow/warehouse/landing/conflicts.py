"""Rows that do not go together: duplicate keys, two reports of a day, merge chains, overlapping overrides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from hedgerow.kernel.problem import Problem, Where
from hedgerow.warehouse.landing.problem_list import ProblemList
from hedgerow.warehouse.landing.raw import LINE
from hedgerow.warehouse.landing.reading import literal, quoted
from hedgerow.warehouse.landing.rules import RULES_OF_CODES, code_for

Stored = Sequence[tuple[str, Path]]


def _key(columns: Sequence[str], prefix: str = "") -> str:
    return ", ".join(prefix + quoted(column) for column in columns)


def _shown_key(columns: Sequence[str]) -> str:
    return "concat_ws(' ', " + ", ".join(f"CAST({quoted(column)} AS VARCHAR)" for column in columns) + ")"


def settle_duplicates(con: duckdb.DuckDBPyConnection, state: Any, problems: ProblemList) -> None:
    """Of one key: the latest version stays and both are logged; equal rows become one; a contradiction is refused.

    A contradiction (two different rows with the same version, or a table without versions) refuses all rows of that
    key, because keeping any one of them would depend on the order of the file.
    """
    table, key = state.table, _key(state.table.stored_key)
    distinct = f"SELECT count(*) - count(DISTINCT hash({key})) FROM {state.live}"
    if not (con.execute(distinct).fetchone() or (0,))[0]:
        return
    version = quoted(table.column(table.latest_by).stored) if table.latest_by else "NULL"
    columns = ", ".join(quoted(column.stored) for column in table.columns)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE settled AS
        WITH again AS (
            SELECT *, coalesce(CAST({version} AS TIMESTAMP), TIMESTAMP '0001-01-01') AS version_,
                   CAST(row({columns}) AS VARCHAR) AS content_
            FROM {state.live} QUALIFY count(*) OVER (PARTITION BY {key}) > 1
        ), latest AS (
            SELECT *, version_ = max(version_) OVER (PARTITION BY {key}) AS is_latest FROM again
        )
        SELECT {LINE} AS line, {_shown_key(table.stored_key)} AS value, is_latest,
               min(content_) FILTER (WHERE is_latest) OVER one <> max(content_) FILTER (WHERE is_latest) OVER one
                   AS is_contradiction,
               min({LINE}) FILTER (WHERE is_latest) OVER one AS kept,
               string_agg(CAST({LINE} AS VARCHAR), ', ') OVER (PARTITION BY {key} ORDER BY {LINE}
                   ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS lines
        FROM latest WINDOW one AS (PARTITION BY {key})
    """)
    first = table.key[0]
    code = code_for(table.name, "", "duplicate_key")
    what = "the same key, version and different content" if table.latest_by else "the same key and different content"
    problems.report(state, first, is_error=True, sql=(
        f"SELECT line, value, {literal(code)} AS code, 'lines ' || lines || ' have {what}; correct the source' "
        f"AS message, {literal(RULES_OF_CODES.get(code, ''))} AS rule, true AS is_error "
        "FROM settled WHERE is_contradiction"))
    problems.report(state, first, is_error=False, sql=(
        "SELECT line, value, CASE WHEN is_latest THEN 'duplicate_dropped' ELSE 'older_version_replaced' END AS code, "
        "CASE WHEN is_latest THEN 'the same row as line ' || kept || '; kept once' "
        "ELSE 'replaced by the later version in line ' || kept END AS message, '' AS rule, false AS is_error "
        "FROM settled WHERE NOT is_contradiction AND line <> kept"))
    con.execute(f"INSERT INTO replaced_{table.name} SELECT line FROM settled "
                "WHERE NOT is_contradiction AND line <> kept")


def keep_last_report_of_day(con: duckdb.DuckDBPyConnection, state: Any, problems: ProblemList) -> None:
    """Of two usage reports of one day and period the last wins; at one instant the higher running total is later."""
    day = "customer_id, organization_id, product_key, period_start, CAST(report_at AS DATE)"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE reports AS
        SELECT {LINE} AS line, units, first_value({LINE}) OVER last AS kept FROM {state.live}
        WINDOW last AS (PARTITION BY {day} ORDER BY report_at DESC, units DESC, period_end DESC, {LINE})
        QUALIFY count(*) OVER (PARTITION BY {day}) > 1
    """)
    problems.report(state, "report_at", is_error=False, sql=(
        "SELECT line, CAST(units AS VARCHAR) AS value, 'usage_report_replaced' AS code, "
        "'another report of the same day and period, in line ' || kept || ', is the last one and wins' AS message, "
        "'REV-155' AS rule, false AS is_error FROM reports WHERE line <> kept"))
    con.execute(f"INSERT INTO replaced_{state.table.name} SELECT line FROM reports WHERE line <> kept")


def refuse_keys_of_other_sources(con: duckdb.DuckDBPyConnection, state: Any, problems: ProblemList,
                                 stored: Stored) -> None:
    """One record belongs to one source: an equal row is dropped, a different one refused."""
    table = state.table
    columns = ", ".join(quoted(column.stored) for column in table.columns)
    on = " AND ".join(f"l.{quoted(c)} IS NOT DISTINCT FROM e.{quoted(c)}" for c in table.stored_key)
    content = ", ".join(f"{{0}}.{quoted(column.stored)}" for column in table.columns)
    code = code_for(table.name, "", "key_in_other_source")
    for source, path in stored:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE both_ AS SELECT l.{LINE} AS line, {_shown_key_of('l', table)} AS value, "
            f"bool_and(CAST(row({content.format('l')}) AS VARCHAR) = CAST(row({content.format('e')}) AS VARCHAR)) "
            f"OR {state.raw.is_derived} AS is_same "
            f"FROM {state.live} AS l JOIN (SELECT {columns} FROM read_parquet({literal(str(path))})) AS e ON {on} "
            "GROUP BY ALL")
        problems.report(state, table.key[0], is_error=True, sql=(
            f"SELECT line, value, {literal(code)} AS code, "
            f"{literal(f'already stored, and different, from the source {source}; one record belongs to one source')} "
            "AS message, '' AS rule, true AS is_error FROM both_ WHERE NOT is_same"))
        if state.raw.is_derived:
            known = (con.execute("SELECT count(*) FROM both_").fetchone() or (0,))[0]
            if known:
                problems.add(table.name, Problem("already_known", f"{known} {table.name} are known from the source "
                                                 f"{source}", Where(state.raw.file), is_error=False))
            con.execute("UPDATE both_ SET is_same = true")
        problems.report(state, table.key[0], is_error=False, sql=(
            "SELECT line, value, 'duplicate_dropped' AS code, "
            f"{literal(f'stored already from the source {source}, so not stored again')} AS message, '' AS rule, "
            f"false AS is_error FROM both_ WHERE is_same AND NOT {state.raw.is_derived}"))
        con.execute(f"INSERT INTO refused_{table.name} SELECT line FROM both_ WHERE NOT is_same")
        con.execute(f"INSERT INTO replaced_{table.name} SELECT line FROM both_ WHERE is_same")


def _shown_key_of(alias: str, table: Any) -> str:
    return "concat_ws(' ', " + ", ".join(f"CAST({alias}.{quoted(c)} AS VARCHAR)" for c in table.stored_key) + ")"


# -- merges ----------------------------------------------------------------------------------------------------


def check_merges(con: duckdb.DuckDBPyConnection, state: Any, problems: ProblemList, stored: Stored) -> None:
    """Sources map straight to canonical ids: no chain, no circle, together with what is stored already (REV-22)."""
    new = con.execute(f"SELECT {LINE}, source_customer_id, canonical_customer_id FROM {state.live}").fetchall()
    old: dict[str, str] = {}
    for _, path in stored:
        old.update(con.execute("SELECT source_customer_id, canonical_customer_id "
                               f"FROM read_parquet({literal(str(path))})").fetchall())
    found = merge_problems([(line, source, target) for line, source, target in new], old)
    for line, source, code, message in found:
        problems.report(state, "canonical_customer_id", is_error=True, sql=(
            f"SELECT CAST({int(line)} AS BIGINT) AS line, {literal(source)} AS value, {literal(code)} AS code, "
            f"{literal(message)} AS message, 'REV-22' AS rule, true AS is_error"))


def merge_problems(new: Sequence[tuple[int, str, str]], stored: Mapping[str, str]) -> list[tuple[int, str, str, str]]:
    """(line, source, code, message) of every new merge that makes a chain or a circle."""
    targets = {**stored, **{source: target for _, source, target in new}}
    leads_to = {target: source for source, target in stored.items()}
    found = []
    for line, source, target in new:
        end, path = target, [source, target]
        while end in targets and targets[end] not in path:
            end = targets[end]
            path.append(end)
        if end in targets:
            circle = " -> ".join([*path, targets[end]])
            found.append((line, source, "merge_cycle", f"merges run in a circle: {circle}"))
        elif end != target:
            found.append((line, source, "merge_chain",
                          f"{target} is itself merged into {targets[target]}; map {source} directly to {end}"))
        elif source in leads_to:
            found.append((line, source, "merge_chain",
                          f"{leads_to[source]} is already merged into {source}; map it directly to {end} first"))
    return found


# -- overrides -------------------------------------------------------------------------------------------------


def check_overlaps(con: duckdb.DuckDBPyConnection, state: Any, problems: ProblemList, stored: Stored) -> None:
    """Two overrides of one field and organization may not share a month; both rows are named and refused (REV-23)."""
    others = [f"SELECT organization_id, field, from_month_idx, to_month_idx, {literal(source)} AS place, "
              f"CAST(NULL AS BIGINT) AS line FROM read_parquet({literal(str(path))})" for source, path in stored]
    own = (f"SELECT organization_id, field, from_month_idx, to_month_idx, 'line ' || {LINE} AS place, {LINE} AS line "
           f"FROM {state.live}")
    problems.report(state, "from_month", is_error=True, sql=f"""
        WITH every AS ({' UNION ALL '.join([own, *others])})
        SELECT a.line, a.organization_id || ' ' || a.field AS value, 'override_overlap' AS code,
               'shares months with the override of ' || string_agg(b.place, ', ' ORDER BY b.place)
               || '; one month has one override of a field' AS message, 'REV-23' AS rule, true AS is_error
        FROM every AS a JOIN every AS b ON a.organization_id = b.organization_id AND a.field = b.field
          AND a.from_month_idx <= b.to_month_idx AND b.from_month_idx <= a.to_month_idx
          AND a.line IS DISTINCT FROM b.line
        WHERE a.line IS NOT NULL GROUP BY a.line, a.organization_id, a.field
    """)
