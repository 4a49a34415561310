"""Raw rows in, stored rows and problems out, set by set in DuckDB: rows in = stored + refused + replaced, always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from hedgerow.kernel.problem import Problem, Where
from hedgerow.warehouse.landing import conflicts
from hedgerow.warehouse.landing.contract import Column, Contract, Table
from hedgerow.warehouse.landing.problem_list import ProblemList
from hedgerow.warehouse.landing.raw import LINE, RawTable
from hedgerow.warehouse.landing.reading import literal, quoted, reader_of, stored_text
from hedgerow.warehouse.landing.rules import REFERENCES, ROW_RULES, RULES_OF_CODES, Reference, code_for
from hedgerow.warehouse.landing.values import read_value

_ROWS_IN_MEMORY = 1_000_000

Elsewhere = Mapping[str, Sequence[tuple[str, Path]]]
"""Per table, (source name, stored Parquet file) of everything that is stored already under another source."""


@dataclass(frozen=True)
class Counts:
    """What became of the rows of one table."""

    table: str
    rows: int
    stored: int
    refused: int
    replaced: int


@dataclass
class _State:
    """One table while it is being checked. ``present`` maps contract columns to source columns."""

    table: Table
    raw: RawTable
    present: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    is_refused_whole: bool = False
    settled: int = -1

    @property
    def parsed(self) -> str:
        return f"parsed_{self.table.name}"

    @property
    def live(self) -> str:
        return f"live_{self.table.name}"

    def shown(self, column: str) -> str:
        return self.raw.shown.get(column) or self.present.get(column) or column


class Check:
    """One import being checked. Use as a context manager; ``run`` once, then ``write`` tables and read problems."""

    def __init__(self, contract: Contract, *, elsewhere: Elsewhere | None = None, spill: Path | None = None,
                 memory_limit: str = "4GB", threads: int = 2) -> None:
        self.contract = contract
        self.elsewhere = elsewhere or {}
        self.con = duckdb.connect()
        self.con.execute("SET TimeZone = 'UTC'")
        self.con.execute(f"SET memory_limit = {literal(memory_limit)}")
        self.con.execute(f"SET threads = {int(threads)}")
        self.con.execute("SET preserve_insertion_order = false")
        if spill:
            self.con.execute(f"SET temp_directory = {literal(str(spill))}")
        self.problems = ProblemList(self.con)
        self.counts: dict[str, Counts] = {}
        self._states: dict[str, _State] = {}

    def __enter__(self) -> Check:
        return self

    def __exit__(self, *error: object) -> None:
        self.con.close()

    # -- the way of a delivery ---------------------------------------------------------------------------------

    def run(self, tables: Sequence[RawTable]) -> None:
        """Check all tables of a delivery. Raises ValueError for a table name that the contract does not have."""
        for raw in tables:
            self._open(raw)
        for name in self._in_order():
            self._check_table(self._states[name])
        for reference in REFERENCES:
            if reference.table in self._states:
                self._check_reference(self._states[reference.table], reference)
        for state in self._states.values():
            self._count(state)

    def _in_order(self) -> list[str]:
        return [name for name in self.contract.tables if name in self._states]

    def _open(self, raw: RawTable) -> None:
        if raw.table not in self.contract.tables:
            raise ValueError(f"the contract has no table {raw.table!r}")
        if raw.table in self._states:
            raise ValueError(f"two deliveries for the table {raw.table!r}: {raw.file}")
        state = _State(self.contract.tables[raw.table], raw)
        self._states[raw.table] = state
        name = f"raw_{raw.table}"
        if raw.parquet:
            self.con.execute(f"CREATE VIEW {name} AS SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS {LINE} "
                             f"FROM read_parquet({literal(str(raw.parquet))}, file_row_number = true)")
        else:
            self.con.register(name, raw.data)
        state.rows = self._one(f"SELECT count(*) FROM {name}") + len(raw.unreadable)
        for problem in (*raw.unreadable, *raw.notices):
            self.problems.add(raw.table, problem)
        self.con.execute(f"CREATE TABLE refused_{raw.table} ({LINE} BIGINT)")
        self.con.execute(f"CREATE TABLE replaced_{raw.table} ({LINE} BIGINT)")

    def _check_table(self, state: _State) -> None:
        types = {name: str(kind) for name, kind, *_ in self.con.execute(f"DESCRIBE raw_{state.table.name}").fetchall()}
        if not self._match_header(state, [name for name in types if name != LINE]):
            self._refuse_whole(state)
            return
        self._parse(state, types)
        self._require(state)
        self._apply_row_rules(state)
        self._refuse(state)
        if state.table.name == "usage":
            conflicts.keep_last_report_of_day(self.con, state, self.problems)
        conflicts.settle_duplicates(self.con, state, self.problems)
        self._refuse(state)
        conflicts.refuse_keys_of_other_sources(self.con, state, self.problems, self.elsewhere.get(state.table.name, ()))
        self._refuse(state)
        if state.table.name == "merges":
            conflicts.check_merges(self.con, state, self.problems, self.elsewhere.get("merges", ()))
        if state.table.name == "overrides":
            conflicts.check_overlaps(self.con, state, self.problems, self.elsewhere.get("overrides", ()))
        self._refuse(state)

    # -- header ------------------------------------------------------------------------------------------------

    def _match_header(self, state: _State, names: Sequence[str]) -> bool:
        """Fill ``present``; report unknown, repeated and missing columns. False when the file cannot be used."""
        table, usable = state.table, True
        known = {column.name: column for column in table.columns}
        for name in names:
            base, _, repeat = name.partition("#")
            found = _column_name(base, known)
            if found and (found in state.present or repeat):
                self._file_problem(state, "duplicate_column", f"the column {found} stands twice in the header", found)
                usable = False
            elif found:
                state.present[found] = name
                if found != name:
                    self._file_problem(state, "column_normalised", f"read as the column {found}", name, is_error=False)
            else:
                close = get_close_matches(base.lower(), known, n=1)
                hint = f"; did you mean {close[0]}?" if close else f"; known: {', '.join(known)}"
                self._file_problem(state, "unknown_column", f"not a column of {table.name}, so not read{hint}", name,
                                   is_error=False)
        for column in table.columns:
            if (column.is_required or column.name in state.raw.required) and column.name not in state.present:
                name = state.shown(column.name)
                self._file_problem(state, "missing_column", f"the required column {name} is missing", name)
                usable = False
        return usable

    def _file_problem(self, state: _State, code: str, message: str, column: str, *, is_error: bool = True) -> None:
        self.problems.add(state.table.name, Problem(code, message, Where(state.raw.file, 1, column), rule="REV-147",
                                                    is_error=is_error))

    def _refuse_whole(self, state: _State) -> None:
        state.is_refused_whole = True
        self._make_live(state, f"SELECT {_nulls(state.table)}, CAST(NULL AS BIGINT) AS {LINE} WHERE false")

    # -- values ------------------------------------------------------------------------------------------------

    def _parse(self, state: _State, types: Mapping[str, str]) -> None:
        """Stored columns of every row. Odd texts are read once per distinct value, in Python, and joined back."""
        parts, joins = [], []
        for i, column in enumerate(state.table.columns):
            if column.name not in state.present:
                parts.append(f"CAST(NULL AS {column.stored_type}) AS {quoted(column.stored)}")
                continue
            source = state.present[column.name]
            reader = reader_of(column, f"r.{quoted(source)}", types[source])
            odd = f"odd_{state.table.name}_{i}"
            if self._read_odd(state, column, reader.text, reader.plain, odd):
                joins.append(f"LEFT JOIN {odd} AS o{i} ON o{i}.raw = {reader.text}")
                value = stored_text(column, f"o{i}.text")
                either = f"CASE WHEN o{i}.raw IS NULL THEN {reader.stored} ELSE {value} END"
                parts.append(f"{either} AS {quoted(column.stored)}")
            else:
                parts.append(f"{reader.stored} AS {quoted(column.stored)}")
            if column.type == "money" and types[source] in ("DOUBLE", "FLOAT"):
                self._file_problem(state, "float_money", "money came as binary floats, read where whole cents; "
                                   "store DECIMAL or text", source, is_error=False)
        sql = f"SELECT {', '.join(parts)}, r.{LINE} FROM raw_{state.table.name} AS r {' '.join(joins)}"
        # A large Parquet file streams through a view; what fits in memory is read once.
        streams = state.raw.parquet and state.rows > _ROWS_IN_MEMORY
        self.con.execute(f"CREATE {'VIEW' if streams else 'TABLE'} {state.parsed} AS {sql}")
        self._make_live(state, f"SELECT * FROM {state.parsed} ANTI JOIN refused_{state.table.name} USING ({LINE}) "
                               f"ANTI JOIN replaced_{state.table.name} USING ({LINE})")

    def _make_live(self, state: _State, sql: str) -> None:
        self.con.execute(f"CREATE VIEW {state.live} AS {sql}")

    def _read_odd(self, state: _State, column: Column, text: str, plain: str, odd: str) -> bool:
        """Read the distinct odd texts of a column into the table ``odd``; False when there are none."""
        raw = f"raw_{state.table.name}"
        found = self.con.execute(f"SELECT DISTINCT {text} FROM {raw} AS r WHERE {text} IS NOT NULL "
                                 f"AND NOT coalesce({plain}, false)").fetchall()
        if not found:
            return False
        readings = [(value, read_value(column, value)) for (value,) in found]
        mapping = pa.table({
            "raw": pa.array([value for value, _ in readings], pa.string()),
            "text": pa.array([reading.text for _, reading in readings], pa.string()),
            "code": [code_for(state.table.name, column.name, reading.code) for _, reading in readings],
            "message": [reading.message for _, reading in readings],
            "rule": [reading.rule for _, reading in readings],
            "is_error": [reading.is_error for _, reading in readings],
        })
        self.con.register("_mapping", mapping)
        self.con.execute(f"CREATE TABLE {odd} AS SELECT * FROM _mapping")
        self.con.unregister("_mapping")
        lost = self._one(f"SELECT count(*) FROM {odd} AS o WHERE text IS NOT NULL "
                         f"AND {stored_text(column, 'o.text')} IS NULL")
        if lost:
            raise AssertionError(f"{lost} values of {state.table.name}.{column.name} were read but cannot be stored")
        self.problems.report(state, column.name, is_error=None, sql=(
            f"SELECT r.{LINE} AS line, o.raw AS value, o.code, o.message, o.rule, o.is_error "
            f"FROM {raw} AS r JOIN {odd} AS o ON o.raw = {text} WHERE o.code <> ''"))
        return True

    def _which(self, state: _State, conditions: Sequence[str]) -> list[bool]:
        """Which conditions hold for any row: one pass for all of them, so that clean data is read once."""
        if not conditions:
            return []
        counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in conditions)
        row = self.con.execute(f"SELECT {counts} FROM {state.parsed}").fetchone() or ()
        return [bool(count) for count in row]

    def _require(self, state: _State) -> None:
        needed = [column for column in state.table.columns if column.is_required or column.name in state.raw.required]
        is_lacking = self._which(state, [f"{quoted(column.stored)} IS NULL" for column in needed])
        for column in (column for column, lacks in zip(needed, is_lacking, strict=True) if lacks):
            code = code_for(state.table.name, column.name, "missing_value")
            self.problems.report(state, column.name, is_error=True, sql=(
                f"SELECT p.{LINE} AS line, NULL AS value, {literal(code)} AS code, "
                f"{literal(f'{state.shown(column.name)} is empty; it is required')} AS message, "
                f"{literal(RULES_OF_CODES.get(code, ''))} AS rule, true AS is_error FROM {state.parsed} AS p "
                f"WHERE p.{quoted(column.stored)} IS NULL AND NOT EXISTS (SELECT 1 FROM problems AS q WHERE "
                f"q.table_name = {literal(state.table.name)} AND q.column_key = {literal(column.name)} "
                f"AND q.line = p.{LINE} AND q.is_error)"))

    def _apply_row_rules(self, state: _State) -> None:
        rules = [rule for rule in ROW_RULES if rule.table == state.table.name]
        for rule, fires in zip(rules, self._which(state, [rule.when for rule in rules]), strict=True):
            if fires:
                # The value as the source wrote it; the condition and the message see the stored one.
                source = state.present.get(rule.column)
                value = f"(SELECT CAST(r.{quoted(source)} AS VARCHAR) FROM raw_{rule.table} AS r " \
                        f"WHERE r.{LINE} = p.{LINE})" if source else "CAST(NULL AS VARCHAR)"
                self.problems.report(state, rule.column, is_error=rule.is_error, sql=(
                    f"SELECT p.{LINE} AS line, {value} AS value, {literal(rule.code)} AS code, p.message, "
                    f"{literal(rule.rule)} AS rule, {rule.is_error} AS is_error FROM "
                    f"(SELECT {LINE}, {rule.message} AS message FROM {state.parsed} WHERE {rule.when}) AS p"))

    # -- the sets ----------------------------------------------------------------------------------------------

    def _refuse(self, state: _State) -> None:
        """Every line that has an error so far is refused."""
        if state.settled == self.problems.version:
            return
        state.settled = self.problems.version
        name = literal(state.table.name)
        self.con.execute(f"INSERT INTO refused_{state.table.name} SELECT DISTINCT line FROM problems "
                         f"WHERE table_name = {name} AND is_error AND NOT is_unreadable AND line NOT IN "
                         f"(SELECT {LINE} FROM refused_{state.table.name}) AND column_key IS NOT NULL")

    def _check_reference(self, state: _State, reference: Reference) -> None:
        if state.is_refused_whole:
            return
        targets = [f"SELECT {quoted(reference.target_column)} AS id FROM {self._states[reference.target].live}"] \
            if reference.target in self._states else []
        if reference.in_any_source:
            targets += [f"SELECT {quoted(reference.target_column)} AS id FROM read_parquet({literal(str(path))})"
                        for _, path in self.elsewhere.get(reference.target, ())]
        known = " UNION ALL ".join(targets) or "SELECT CAST(NULL AS VARCHAR) AS id WHERE false"
        column, message = quoted(reference.column), literal(reference.message)
        if reference.target in self._states and not self._states[reference.target].is_refused_whole:
            seen = f"SELECT {quoted(reference.target_column)} FROM {self._states[reference.target].parsed}"
            message = f"CASE WHEN l.{column} IN ({seen}) THEN 'its invoice was refused' ELSE {message} END"
        self.problems.report(state, reference.column, is_error=reference.is_error, sql=(
            f"SELECT {LINE} AS line, {column} AS value, {literal(reference.code)} AS code, "
            f"{message} AS message, {literal(reference.rule)} AS rule, "
            f"{reference.is_error} AS is_error FROM {state.live} AS l "
            f"ANTI JOIN ({known}) AS k ON k.id = l.{column}"))
        self._refuse(state)

    def _count(self, state: _State) -> None:
        name, unreadable = state.table.name, len(state.raw.unreadable)
        if state.is_refused_whole:
            self.counts[name] = Counts(name, state.rows, 0, state.rows, 0)
            return
        refused = self._one(f"SELECT count(*) FROM refused_{name}") + unreadable
        replaced = self._one(f"SELECT count(*) FROM replaced_{name}")
        stored = self._one(f"SELECT count(*) FROM {state.live}")
        if stored + refused + replaced != state.rows:
            raise AssertionError(f"{name}: {state.rows} rows came in, but {stored} stored, {refused} refused and "
                                 f"{replaced} replaced")
        self.counts[name] = Counts(name, state.rows, stored, refused, replaced)

    # -- results -----------------------------------------------------------------------------------------------

    def stored_sql(self, name: str) -> str:
        """A SELECT of a table's good rows in stored form, with the derived columns."""
        table, live = self.contract.tables[name], f"live_{name}"
        own = ", ".join(f"l.{quoted(column.stored)}" for column in table.columns)
        if name == "overrides":
            own = own.replace('l."value"', "rtrim(l.value, '% ') AS value")
        if name != "invoice_lines":
            return f"SELECT {own} FROM {live} AS l"
        if "invoices" not in self._states:
            return (f"SELECT {own}, CAST(NULL AS VARCHAR) AS customer_id, CAST(NULL AS INTEGER) AS month_idx, "
                    f"CAST(NULL AS BOOLEAN) AS is_counted FROM {live} AS l WHERE false")
        last = "(i.period_end - INTERVAL 1 SECOND)"
        return (f"SELECT {own}, i.customer_id, CAST(year({last}) * 12 + month({last}) - 1 AS INTEGER) AS month_idx, "
                f"coalesce(i.status NOT IN ('void', 'draft'), true) AS is_counted "
                f"FROM {live} AS l JOIN live_invoices AS i ON i.invoice_id = l.invoice_id")

    def write(self, name: str, path: Path) -> str:
        """Write a table's good rows as Parquet; returns a fingerprint of the rows that does not see their order."""
        table = self.contract.tables[name]
        order = ", ".join(quoted(column) for column in table.stored_key)
        # Sorting makes equal content equal bytes; beyond some millions of rows it costs more than it gives.
        sort = f" ORDER BY {order}" if self.counts[name].stored <= 5_000_000 else ""
        target = literal(str(path))
        self.con.execute(f"COPY ({self.stored_sql(name)}{sort}) TO {target} "
                         "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")
        columns = ", ".join(quoted(column) for column, _ in table.stored_columns)
        total = self.con.execute(f"SELECT count(*), coalesce(sum(hash({columns})), 0) "
                                 f"FROM read_parquet({target})").fetchone()
        return f"{total[0]}-{int(total[1]):x}" if total else ""

    def _one(self, sql: str) -> Any:
        row = self.con.execute(sql).fetchone()
        return row[0] if row else None


def _column_name(name: str, known: Mapping[str, Column]) -> str | None:
    if name in known:
        return name
    folded = "_".join(name.strip().lower().replace("-", " ").split())
    return folded if folded in known else None


def _nulls(table: Table) -> str:
    return ", ".join(f"CAST(NULL AS {column.stored_type}) AS {quoted(column.stored)}" for column in table.columns)
