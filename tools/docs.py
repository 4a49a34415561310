"""Write the generated reference pages: ``make docs``. A test says when a page no longer tells what the program does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CLI_PAGE = ROOT / "docs" / "reference" / "cli.md"
CLI_HEAD = """# Commands

Generated from the program by `make docs`; edit the command, not this page. Exit codes: 0 done; 1 it ran, and the
answer is "not in order"; 2 the input or the call is wrong and nothing was changed; 3 not found.
"""


def commands(node: Any = None, path: tuple[str, ...] = ("hedgerow",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group with the words that call it, in the order in which the help lists them."""
    if node is None:
        import typer

        from hedgerow.cli.main import app
        node = typer.main.get_command(app)
    yield path, node
    for name, child in getattr(node, "commands", {}).items():
        if not child.hidden:
            yield from commands(child, (*path, name))


def cli_reference() -> str:
    """The page ``docs/reference/cli.md``."""
    return CLI_HEAD + "".join(_section(path, node) for path, node in commands())


def _section(path: tuple[str, ...], node: Any) -> str:
    lines = ["", f"{'#' * min(len(path) + 1, 4)} `{' '.join(path)}`", "", _prose(node.help)]
    if hasattr(node, "commands"):
        return "\n".join(lines) + "\n"
    arguments = [p for p in node.params if p.param_type_name == "argument"]
    options = [p for p in node.params if p.param_type_name == "option" and not p.hidden and p.name != "help"]
    lines += ["", "```", " ".join([*path, *(["[OPTIONS]"] if options else []), *map(_placeholder, arguments)]), "```"]
    if arguments or options:
        lines += ["", "| argument or option | meaning | default |", "|---|---|---|"]
        lines += [f"| `{_placeholder(a)}` | {_cell(getattr(a, 'help', ''))} | {_default(a)} |" for a in arguments]
        lines += [f"| `{_flags(o)}` | {_cell(o.help)} | {_default(o)} |" for o in options]
    return "\n".join(lines) + "\n"


def _prose(text: str | None) -> str:
    return " ".join((text or "").split()).replace("<", "&lt;")


def _cell(text: str | None) -> str:
    return _prose(text).replace("|", "\\|")


def _placeholder(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper().strip("[]").rstrip(".")
    name += "..." if argument.nargs == -1 else ""
    return name if argument.required else f"[{name}]"


def _flags(option: Any) -> str:
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {(option.metavar or option.name.strip('_')).upper()}"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    value = parameter.default
    says_nothing = value is None or value is False or value == () or value == "" or callable(value)
    return "" if says_nothing or "UNSET" in repr(value).upper() else f"`{value}`"


def main() -> None:
    from hedgerow.warehouse.landing.document import write_pages

    CLI_PAGE.parent.mkdir(parents=True, exist_ok=True)
    CLI_PAGE.write_text(cli_reference(), encoding="utf-8")
    for page in [CLI_PAGE, *write_pages(ROOT / "docs"), _write_decisions()]:
        print(page.relative_to(ROOT))


def _write_decisions() -> Path:
    from hedgerow.app.decision_page import decisions_page

    page = CLI_PAGE.with_name("decisions.md")
    page.write_text(decisions_page(), encoding="utf-8")
    return page


if __name__ == "__main__":
    main()
