"""The command line `clas`: everything that people and scripts do with the four services."""

from importlib.metadata import version as version_of
from typing import Annotated

import typer

from services.accounting.commands.deliveries import deliveries
from services.accounting.commands.ledger import ledger
from services.cli.case import case
from services.cli.check.command import check
from services.cli.close import close
from services.cli.conformance.command import conformance
from services.cli.dead_letters import command as dead_letters
from services.cli.demo.command import demo
from services.cli.doctor.command import doctor
from services.cli.dossier.command import dossier
from services.cli.explain.command import explain
from services.cli.export import app as export
from services.cli.publish import publish
from services.cli.replay import replay
from services.cli.report import app as report
from services.cli.serve import serve
from services.cli.simulate import simulate
from services.cli.topology import topology
from services.cli.up import up
from services.cli.wait import wait
from services.funding.commands.envelopes import envelopes
from shared.console.terminal import console

HELP = """The Clas grant, from the ELAN dossier to the accounting entry.

Servers are those of CLAS_AMQP_URL and CLAS_MONGO_URL. Exit codes:

- 0: it is done, and right
- 1: something is wrong: a fault in a file, an unknown dossier, a timeout, a check that fails
- 2: the command was not understood, or waits for --yes
- 3: a server cannot be reached
- 130: it was interrupted
"""

app = typer.Typer(
    name="clas",
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:  # noqa: FBT001 - the shape of a callback
    if asked:
        console.print(f"clas {version_of('clas')}")
        raise typer.Exit


@app.callback()
def main(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Its version.")
    ] = False,
) -> None:
    """Take what stands before the command."""


for command, panel in (
    (demo, "Run"),
    (up, "Run"),
    (serve, "Run"),
    (topology, "Run"),
    (publish, "Use"),
    (wait, "Use"),
    (dossier, "Use"),
    (explain, "Use"),
    (ledger, "Use"),
    (close, "Use"),
    (envelopes, "Use"),
    (deliveries, "Use"),
    (case, "Use"),
    (conformance, "Use"),
    (simulate, "Use"),
    (doctor, "Look after"),
    (replay, "Look after"),
    (check, "Look after"),
):
    app.command(rich_help_panel=panel)(command)
app.add_typer(export, rich_help_panel="Use")
app.add_typer(report, rich_help_panel="Use")
app.add_typer(dead_letters.app, name="dead-letters", rich_help_panel="Look after")

if __name__ == "__main__":
    app()
