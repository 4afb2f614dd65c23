"""The command line `clas`: everything that people and scripts do with the four services."""

from typing import Annotated

import typer

from shared.console.lazy_group import CommandRow, LazyGroup, lazy_application

HELP = """The Clas grant, from the ELAN dossier to the accounting entry.

Servers are those of CLAS_AMQP_URL and CLAS_MONGO_URL.

\b
Exit codes:
  0    it is done, and right
  1    something is wrong: a fault in a file, an unknown dossier,
       a timeout, a check that fails
  2    the command was not understood, or waits for --yes
  3    a server cannot be reached
  130  it was interrupted
"""


class Commands(LazyGroup):
    """The commands of `clas`; each is imported when it is invoked."""

    table = (
        CommandRow(
            "demo",
            "services.cli.demo.command:demo",
            "Play a whole campaign of Seine-Maritime 2025-2026 and print its results in French.",
            "Run",
        ),
        CommandRow(
            "up",
            "services.cli.up:up",
            "Start RabbitMQ, MongoDB and the four services, until Ctrl-C.",
            "Run",
        ),
        CommandRow(
            "serve",
            "services.cli.serve:serve",
            "Run one service in this process, or `all` four, each in a process of its own.",
            "Run",
        ),
        CommandRow(
            "topology",
            "services.cli.topology:topology",
            "Declare the exchange, the queues and the bindings, and list them.",
            "Run",
        ),
        CommandRow(
            "publish",
            "services.cli.publish:publish",
            "Publish CloudEvents as ELAN or a Caf does: with confirms, in the order of the file.",
            "Use",
        ),
        CommandRow(
            "wait",
            "services.cli.wait:wait",
            "Return once all queues and outboxes of the four services are empty.",
            "Use",
        ),
        CommandRow(
            "dossier",
            "services.cli.dossier.command:dossier",
            "Print the history of a dossier, in French, in the order of its recorded events.",
            "Use",
        ),
        CommandRow(
            "explain",
            "services.cli.explain.command:explain",
            "Explain the decisions about a dossier, in French, from their receipts.",
            "Use",
        ),
        CommandRow(
            "ledger",
            "services.accounting.commands.ledger:ledger",
            "Print the journal and the trial balance of an exercise.",
            "Use",
        ),
        CommandRow(
            "close",
            "services.cli.close:close",
            "Close an exercise of a Caf, irrevocably, and follow the closing to its end.",
            "Use",
        ),
        CommandRow(
            "envelopes",
            "services.funding.commands.envelopes:envelopes",
            "Print what is allotted, granted, settled since, waiting and left, by exercise.",
            "Use",
        ),
        CommandRow(
            "deliveries",
            "services.accounting.commands.deliveries:deliveries",
            "Print which entries the accounting systems have not booked: rejected, "
            "or not answered.",
            "Use",
        ),
        CommandRow(
            "case",
            "services.cli.case:case",
            "Write a stored dossier as a legal case, or play a case with the "
            "decisions of production.",
            "Use",
        ),
        CommandRow(
            "conformance",
            "services.cli.conformance.command:conformance",
            "Validate a partner's events against the contract, or test a running system with the "
            "kit.",
            "Use",
        ),
        CommandRow(
            "simulate",
            "services.cli.simulate:simulate",
            "Decide a campaign again with other parameters: what it costs, who wins, who loses.",
            "Use",
        ),
        CommandRow(
            "export",
            "services.cli.export:app",
            "Numbered batches that never change, each in a folder with its manifest.",
            "Use",
        ),
        CommandRow(
            "report",
            "services.cli.report:app",
            "Reports of a Caf: tables in French, or CSV. Exit code 1 when a file cannot be used.",
            "Use",
        ),
        CommandRow(
            "doctor",
            "services.cli.doctor.command:doctor",
            "Check the servers, the topology, the dead letters and the outboxes.",
            "Operate",
        ),
        CommandRow(
            "replay",
            "services.cli.replay:replay",
            "Run every stored decision again from its receipt, and report any that differs.",
            "Operate",
        ),
        CommandRow(
            "check",
            "services.cli.check.command:check",
            "Compare everything that the services store, and report each inconsistency.",
            "Operate",
        ),
        CommandRow(
            "migrate",
            "services.cli.migrate:migrate",
            "Move the databases that release 0.3.0 wrote to the form that this release reads.",
            "Operate",
        ),
        CommandRow(
            "redrive",
            "services.cli.redrive.command:redrive",
            "Send events again that were published and that a consumer has no record of.",
            "Operate",
        ),
        CommandRow(
            "dead-letters",
            "services.cli.dead_letters.command:app",
            "List, show, replay or drop the messages that could not be handled.",
            "Operate",
        ),
    )


app = lazy_application("clas", HELP, Commands, completion=True)


def _version(requested: bool) -> None:  # noqa: FBT001 - the shape of a callback
    if requested:
        # Slow to load, and only this option needs it.
        from importlib.metadata import version

        typer.echo(f"clas {version('clas')}")
        raise typer.Exit


@app.callback()
def main(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Handle the options before the command."""


if __name__ == "__main__":
    app()
