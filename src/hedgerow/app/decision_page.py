"""The reference page of all decisions, written from their registration: ``docs/reference/decisions.md``."""

from __future__ import annotations

import json
from typing import Any

from hedgerow.app.decide import known_decisions
from hedgerow.core.registry import Registered

HEAD = """# Decisions

Generated from the program by `make docs`; edit the decision, not this page.

`hedgerow decide NAME < case.json` decides a case, `hedgerow decide --schema NAME` prints its schema. Money and percent
are decimal strings, days `2026-03-31`, months `2026-03`. The answer has the same shape for all: `value`, `reasons`,
`near` and `read`.
"""


def decisions_page() -> str:
    """Markdown: every decision with its rules, its input and output fields, and an example that works."""
    parts = [HEAD]
    for decision in known_decisions():
        rules = ", ".join(decision.rules)
        parts += [f"\n## {decision.name}\n", f"{decision.summary} Rules: {rules}.\n", *_example(decision)]
        schema = decision.schema()
        for title, side in (("Input", schema["input"]), ("Output", schema["output"])):
            parts += [f"\n### {title}\n", *_tables(side)]
    return "\n".join(parts).rstrip() + "\n"


def _example(decision: Registered) -> list[str]:
    text = json.dumps(dict(decision.example), ensure_ascii=False, indent=1)
    return [f"```sh\nhedgerow decide {decision.name} <<'CASE'\n{text}\nCASE\n```\n"]


def _tables(schema: dict[str, Any]) -> list[str]:
    """The model itself, then each model that its fields are made of."""
    lines = _fields(schema, schema["description"])
    for name, model in schema.get("$defs", {}).items():
        lines += [f"\n#### {name}\n", *_fields(model, model["description"])]
    return lines


def _fields(model: dict[str, Any], description: str) -> list[str]:
    required = model.get("required", [])
    rows = [f"| `{name}` | {_kind(field)} | {'yes' if name in required else ''} | {_cell(field['description'])} |"
            for name, field in model["properties"].items()]
    return [f"{' '.join(description.split())}\n", "| field | type | always | meaning |", "|---|---|---|---|", *rows]


def _kind(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        kinds = [_kind(option) for option in field["anyOf"] if option.get("type") != "null"]
        return " or ".join([*kinds, *(["`null`"] if len(kinds) < len(field["anyOf"]) else [])])
    if "$ref" in field:
        return field["$ref"].rsplit("/", 1)[-1]
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        return f"list of {_kind(field['items'])}" if "items" in field else "list"
    if field.get("type") == "object":
        extra = field.get("additionalProperties")
        return f"mapping to {_kind(extra)}" if isinstance(extra, dict) else "mapping"
    return str(field.get("format") or {"string": "text", "integer": "whole number"}.get(field.get("type", ""), "flag"))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Print the page, for ``make docs``."""
    print(decisions_page(), end="")


if __name__ == "__main__":
    main()
