"""The ``hedgerow`` command. Groups are listed here; each loads its heavy parts only when it runs."""

from __future__ import annotations

import typer

from hedgerow import __version__

app = typer.Typer(name="hedgerow", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Your go-to-market handbook as running software. Start with: hedgerow demo, hedgerow run.")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Entry point of the console script."""
    app()
