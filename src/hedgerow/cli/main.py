"""The ``hedgerow`` command. Groups are listed here; each loads its heavy parts only when it runs."""

from __future__ import annotations

import typer

from hedgerow import __version__
from hedgerow.cli import decide, demo, doctor, landing, metrics, policy, revenue, run

app = typer.Typer(name="hedgerow", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Your go-to-market handbook as running software. "
                       "Begin with: hedgerow demo PATH, hedgerow import contract PATH, hedgerow run.")

app.command("run")(run.run)
app.command("import")(landing.import_)
app.command("demo")(demo.demo)
app.command("decide")(decide.decide)
app.command("doctor")(doctor.doctor)
app.add_typer(revenue.app, name="revenue")
app.add_typer(metrics.app, name="metrics")
app.add_typer(policy.app, name="policy")
app.add_typer(landing.merge, name="merge")
app.add_typer(landing.override, name="override")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Entry point of the console script."""
    app()
