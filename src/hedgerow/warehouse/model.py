"""SQL models: one file a model, its header the documentation, its SELECT the definition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

_FIELD = re.compile(r"^-- (model|owner|grain|materialized|description|rules): ?(.*)$")
_COLUMN = re.compile(r"^-- column ([a-z_0-9]+): (.+)$")
_MORE = re.compile(r"^--   (.+)$")
# Models name tables by plain words after FROM and JOIN (a test holds this against a real parser).
_READ = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_][a-z_0-9]*)\b(?!\.)")
_CTE = re.compile(r"\b([a-z_][a-z_0-9]*) AS \(")


@dataclass(frozen=True)
class Model:
    """A header of comment lines, then one SELECT.

    ``materialized`` is ``table`` (kept in the snapshot), ``work`` (a table only while building), ``view`` (while
    building) or ``query`` (a view over published tables, there wherever a snapshot is read).
    """

    name: str
    owner: str
    grain: tuple[str, ...]
    description: str
    rules: tuple[str, ...]
    materialized: str
    columns: dict[str, str]
    sql: str
    reads: frozenset[str]

    @property
    def is_published(self) -> bool:
        return self.materialized == "table"


def parse_model(text: str, *, file: str) -> Model:
    """Header and SELECT of one file. Raises ValueError that names the file and what is missing."""
    fields: dict[str, str] = {}
    columns: dict[str, str] = {}
    last: tuple[dict[str, str], str] | None = None
    for line in text.splitlines():
        if match := _FIELD.match(line):
            fields[match[1]] = match[2].strip()
            last = (fields, match[1])
        elif match := _COLUMN.match(line):
            columns[match[1]] = match[2].strip()
            last = (columns, match[1])
        elif (match := _MORE.match(line)) and last:
            last[0][last[1]] += " " + match[1].strip()
        elif not line.startswith("--"):
            break
    missing = [name for name in ("model", "owner", "grain", "description") if not fields.get(name)]
    if missing:
        raise ValueError(f"{file}: the header lacks {', '.join(missing)}")
    if fields["model"] != Path(file).stem:
        raise ValueError(f"{file}: the header names the model {fields['model']!r}")
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    reads = frozenset(_READ.findall(body)) - frozenset(_CTE.findall(body))
    return Model(
        name=fields["model"], owner=fields["owner"], description=fields["description"],
        grain=tuple(part.strip() for part in fields["grain"].split(",")),
        rules=tuple(part.strip() for part in fields.get("rules", "").split(",") if part.strip()),
        materialized=fields.get("materialized", "table"), columns=columns, sql=text, reads=reads,
    )


@cache
def load_models() -> dict[str, Model]:
    """Every model of the package, in an order in which each comes after those it reads."""
    root = resources.files("hedgerow.warehouse") / "models"
    found: dict[str, Model] = {}
    for folder in sorted(root.iterdir(), key=lambda f: f.name):
        if folder.is_dir():
            for file in sorted(folder.iterdir(), key=lambda f: f.name):
                if file.name.endswith(".sql"):
                    model = parse_model(file.read_text(encoding="utf-8"), file=file.name)
                    found[model.name] = model
    return {name: found[name] for name in build_order(found)}


def build_order(models: dict[str, Model]) -> list[str]:
    """Names sorted so that nothing is built before what it reads. Raises ValueError on a cycle."""
    order: list[str] = []
    state: dict[str, str] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if state.get(name) == "done":
            return
        if state.get(name) == "open":
            raise ValueError("models read each other in a circle: " + " -> ".join((*path, name)))
        state[name] = "open"
        for read in sorted(models[name].reads & models.keys()):
            visit(read, (*path, name))
        state[name] = "done"
        order.append(name)

    for name in sorted(models):
        visit(name, ())
    return order
