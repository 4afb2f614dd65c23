"""`clas conformance`: a partner's file against the contract, and a system against the kit."""

import re
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from services.cli.conformance.report import (
    files_document,
    print_document,
    print_leftovers,
    print_run,
    print_verdicts,
    run_document,
)
from services.cli.publish import read_file
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, confirm, echo, fail, progress
from shared.contracts.event_file import split
from shared.kernel.settings import Settings
from shared.partner_kit import distribution as the_kit
from shared.partner_kit.file_validation import Verdict, verdicts
from shared.partner_kit.live_exchange import absent, open_live_exchange
from shared.partner_kit.runner import Outcome, Run, play
from shared.partner_kit.sample import CAF, Sample, read


def conformance(  # noqa: PLR0913 - the options of the command
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE", help="JSON lines, a JSON array or one event; - is standard input."
        ),
    ] = None,
    *,
    kit: Annotated[
        Path | None,
        typer.Option("--kit", "--samples", metavar="DIR", help="Write the partner's kit there."),
    ] = None,
    play_it: Annotated[
        bool, typer.Option("--run", help="Play the samples on the system of CLAS_AMQP_URL.")
    ] = False,
    caf: Annotated[
        str, typer.Option(metavar="CODE", help="With --run: the Caf to play on, kept for tests.")
    ] = CAF,
    timeout: Annotated[
        float, typer.Option(min=0, metavar="S", help="With --run: patience for each answer.")
    ] = 10.0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it, without a question.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON report instead.")] = False,
) -> None:
    """Hold a partner's events against the contract, or a running system against its kit.

    With FILE: a verdict on each event, whoever publishes it, without any server: its faults in
    the words of the services, the routing key and the AMQP properties that it needs, fields that
    will be ignored or look misspelt.

    With --kit: a folder for partners: AsyncAPI, JSON Schemas, the contract, and samples valid and
    invalid with the answers that are owed to them.

    With --run: plays those samples one after another and compares all that is answered. It
    publishes real events, for a Caf that does not exist (999), each time under new ids; what
    cannot be read lies in the dead letters afterwards, and it says how to drop it. It asks
    before, and where nobody can answer it needs --yes.

    Exit code 1 when anything does not conform.
    """
    if sum((bool(files), kit is not None, play_it)) != 1:
        fail("give files to check, or --kit DIR, or --run", Code.USAGE)
    if kit is not None:
        _write(kit)
    elif play_it:
        _play(Run(f"kit-{secrets.token_hex(4)}", _code(caf), timeout), yes=yes, as_json=as_json)
    else:
        _check(files or [], load_settings(), as_json=as_json)


def _check(files: list[str], settings: Settings, *, as_json: bool) -> None:
    found = {file: _judged(file, settings) for file in files}
    if empty := [file for file, events in found.items() if not events]:
        fail(f"{empty[0]} ne contient aucun événement", Code.WRONG)
    if as_json:
        print_document(files_document(found))
    else:
        print_verdicts(found)
    if not all(map(_conforms, (each for events in found.values() for each in events))):
        raise typer.Exit(Code.WRONG)


def _judged(file: str, settings: Settings) -> list[Verdict]:
    events = list(split(read_file(file)))
    judged = verdicts(events, settings.body_bytes_max)
    with progress() as bar:
        return list(bar.track(judged, total=len(events), description=file))


def _conforms(verdict: Verdict) -> bool:
    return verdict.conforms


def _write(folder: Path) -> None:
    kit = the_kit.files()
    try:
        the_kit.write(kit, folder)
    except FileExistsError:
        fail(f"{folder} n’est pas un dossier vide : donnez-en un nouveau", Code.USAGE)
    except OSError as fault:
        fail(f"{folder} ne peut pas être écrit : {fault.strerror}", Code.USAGE)
    echo(f"{len(kit)} fichiers dans {folder} ; commencer par {the_kit.README}.")


def _play(asked: Run, *, yes: bool, as_json: bool) -> None:
    known, samples = load_settings(), read()
    if missing := run_async(absent(known), known):
        way_out = "; `clas serve all`, ou `clas doctor`"
        fail(f"personne ne sert {', '.join(missing)}{way_out}", Code.WRONG)
    if not yes:
        _ask(len(samples), asked)
    if not as_json:  # Told before: an interrupted run leaves messages of this word too.
        echo(f"Les identifiants de ce jeu commencent par {asked.prefix}.")
    outcomes = run_async(_played(samples, asked, known), known)
    if as_json:
        print_document(run_document(outcomes, asked))
    else:
        print_run(outcomes)
        print_leftovers(outcomes, asked)
    if wrong := sum(bool(each.faults) for each in outcomes):
        fail(f"{wrong} réponses sur {len(outcomes)} ne sont pas celles du contrat", Code.WRONG)
    if not as_json:
        echo(f"Les {len(outcomes)} réponses sont celles du contrat.", style="bold")


def _ask(count: int, asked: Run) -> None:
    told = f"{count} messages réels, pour la Caf {asked.caf}"
    if not sys.stdin.isatty():
        fail(f"rien n’a été publié : --yes publie {told}", Code.USAGE)
    if not confirm(f"Publier {told} ? [oui/non]"):
        echo("Rien n’a été publié.")
        raise typer.Exit(Code.OK)


async def _played(samples: tuple[Sample, ...], asked: Run, settings: Settings) -> list[Outcome]:
    with progress() as bar:
        task = bar.add_task("Messages", total=len(samples))
        async with open_live_exchange(settings) as exchange:
            return await play(samples, exchange, asked, lambda: bar.advance(task))


def _code(caf: str) -> str:
    if not re.fullmatch(r"[0-9]{3}", caf):
        fail(f"{caf} n’est pas un code Caf de trois chiffres, comme {CAF}", Code.USAGE)
    return caf
