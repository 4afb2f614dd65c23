"""`clas conformance --run`: the samples of the kit, played on a running system."""

import re
import sys

import typer

from services.cli.conformance.report import print_leftovers, print_run, run_document
from shared.console.json_output import print_json
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, confirm, echo, fail, progress
from shared.kernel.settings import Settings
from shared.partner_kit.live_exchange import absent, open_live_exchange
from shared.partner_kit.runner import Outcome, Run, play
from shared.partner_kit.sample import CAF, Sample, read_samples


def play_samples(run: Run, *, yes: bool, as_json: bool) -> None:
    """Publish the samples, compare the answers and print the result.

    Ends with exit code 1 when a service is not there or an answer differs.
    """
    _check_code(run.caf)
    settings, samples = load_settings(), read_samples()
    if missing := run_async(absent(settings), settings):
        way_out = "; `clas serve all`, or `clas doctor`"
        fail(f"nothing serves {', '.join(missing)}{way_out}", Code.WRONG)
    if not yes:
        _confirm(len(samples), run)
    if not as_json:  # Printed first: an interrupted run leaves messages with this prefix too.
        echo(f"The ids of this run begin with {run.prefix}.")
    outcomes = run_async(_outcomes(samples, run, settings), settings)
    if as_json:
        print_json(run_document(outcomes, run))
    else:
        print_run(outcomes)
        print_leftovers(outcomes, run)
    if wrong := sum(bool(outcome.faults) for outcome in outcomes):
        fail(
            f"{wrong} of {len(outcomes)} messages got another answer than the contract says",
            Code.WRONG,
        )
    if not as_json:
        echo(f"All {len(outcomes)} messages were answered as the contract says.", style="bold")


def _confirm(count: int, run: Run) -> None:
    subject = f"{count} real messages, for the Caf {run.caf}"
    if not sys.stdin.isatty():
        fail(f"nothing was published: --yes publishes {subject}", Code.USAGE)
    if not confirm(f"Publish {subject}? [yes/no]"):
        echo("Nothing was published.")
        raise typer.Exit(Code.OK)


async def _outcomes(samples: tuple[Sample, ...], run: Run, settings: Settings) -> list[Outcome]:
    with progress() as bar:
        task = bar.add_task("Messages", total=len(samples))
        async with open_live_exchange(settings) as exchange:
            return await play(samples, exchange, run, lambda: bar.advance(task))


def _check_code(caf: str) -> None:
    if not re.fullmatch(r"[0-9]{3}", caf):
        fail(f"{caf} is no code of a Caf of three digits, such as {CAF}", Code.USAGE)
