"""The reference page and the machine-readable schema of the contract, written from the contract itself.

``python -m hedgerow.warehouse.landing.document FOLDER`` writes both into FOLDER.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hedgerow.warehouse.landing.contract import Column, Contract, Table, load_contract

PAGE, SCHEMA = "data-contract.md", "data-contract.schema.json"
_HEAD = """# The data contract

What Hedgerow reads, table by table. One file per table, `<table>.csv` or `<table>.parquet`, in one folder:
`hedgerow import contract FOLDER`. Bring the tables that you have; none has to be there.
This page is made from `contract.yaml`; the same as JSON Schema stands in `data-contract.schema.json`.

## How values are written, and stored after checking

| type | in a file | stored | stored name |
|---|---|---|---|
| text | any text; blanks at the ends are cut | VARCHAR | same |
| enum | one of the listed words | VARCHAR | same |
| integer | `1200` | BIGINT | same |
| money | dollars, `1234.50`; never finer than a cent | BIGINT, cents | `x_amount` becomes `x_cents` |
| unit price | dollars a unit, up to 10 places, `0.0000343` | BIGINT, 10^-10 dollars | `x_price` becomes `x_e10` |
| percent | 0 to 100; below one with its sign: `0.5%` | BIGINT, millionths | `x_percent` becomes `x_ppm` |
| date | `2025-01-31` | DATE | same |
| timestamp | ISO 8601, `2025-01-31T09:30:00Z`; without a zone it is UTC | TIMESTAMP, UTC | same |
| month | `2025-01` | INTEGER, year x 12 + month - 1 | `x_month` becomes `x_month_idx` |
| boolean | `true`, `false` | BOOLEAN | same |

Other spellings that can be read in one way only are accepted and flagged: `$1,234.50`, `1234,50`, `2025/01/31`,
`31 Jan 2025`, `TRUE`, `yes`. What could mean two things is refused with its line: `01/02/2025`, `1.234`, a discount of
`0.2`. Everything in the file is text to Hedgerow: no formula and no markup in it is ever run.

Of two rows with one key the later version stays where a table has one, equal rows are kept once, and rows that
contradict each other are all refused. Rows read = rows stored + rows refused + rows replaced, always.
"""


def contract_markdown(contract: Contract) -> str:
    """The whole reference page."""
    return "\n".join([_HEAD, "## Tables", "", *[f"- [{name}](#{name}): {table.description}"
                                               for name, table in contract.tables.items()], "",
                      *[_table(table) for table in contract.tables.values()]])


def _table(table: Table) -> str:
    version = f" Of two rows with one key the later `{table.latest_by}` stays." if table.latest_by else ""
    lines = [f"## {table.name}", "", f"{table.description}", "",
             f"Key: {', '.join(f'`{name}`' for name in table.key)}.{version}", "",
             "| column | type | needed | stored as | meaning |", "|---|---|---|---|---|",
             *[_column(column) for column in table.columns]]
    if table.derived:
        lines += ["", "Hedgerow adds, in the store: " + "; ".join(
            f"`{extra.stored}` ({extra.stored_type}): {extra.meaning}" for extra in table.derived) + "."]
    return "\n".join([*lines, ""])


def _column(column: Column) -> str:
    values = f" One of: {', '.join(f'`{value}`' for value in column.values)}." if column.values else ""
    meaning = (column.meaning + ("." if values else "") + values).replace("|", "\\|")
    needed = "yes" if column.is_required else ""
    return f"| `{column.name}` | {column.type.replace('_', ' ')} | {needed} | `{column.stored}` {column.stored_type} " \
           f"| {meaning} |"


def schema_json(contract: Contract) -> str:
    return json.dumps(contract.json_schema(), indent=1, ensure_ascii=False) + "\n"


def write_pages(folder: Path) -> list[Path]:
    """Write page and schema; returns their paths."""
    contract = load_contract()
    pages = {folder / PAGE: contract_markdown(contract), folder / SCHEMA: schema_json(contract)}
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return list(pages)


if __name__ == "__main__":
    for written in write_pages(Path(sys.argv[1] if len(sys.argv) > 1 else "docs")):
        print(written)
