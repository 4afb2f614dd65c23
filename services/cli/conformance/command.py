"""`clas conformance`: validate a partner's file, write the kit, run it against a system."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from services.cli.conformance.report import files_document, print_verdicts
from services.cli.publish import bytes_of
from shared.console.json_output import print_json
from shared.console.runtime import load_settings
from shared.console.terminal import Code, echo, fail, progress, warn
from shared.contracts.event_file import split
from shared.kernel.settings import Settings
from shared.partner_kit.file_validation import Verdict, verdicts
from shared.partner_kit.runner import Run
from shared.partner_kit.sample import CAF


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
        typer.Option("--kit", "--samples", metavar="DIR", help="Write the kit for partners there."),
    ] = None,
    play_it: Annotated[
        bool, typer.Option("--run", help="Run the samples against the system of CLAS_AMQP_URL.")
    ] = False,
    caf: Annotated[
        str,
        typer.Option(
            metavar="CODE", help="With --run: the Caf of the messages, reserved for tests."
        ),
    ] = CAF,
    timeout: Annotated[
        float,
        typer.Option(min=0, metavar="S", help="With --run: how long to wait for each answer."),
    ] = 10.0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON report instead.")] = False,
) -> None:
    """Validate a partner's events against the contract, or test a running system with the kit.

    With FILE: a verdict on each event, from any producer, without any server: its errors as
    the services report them, the routing key and the AMQP properties that it needs, fields that
    will be ignored or look misspelt.

    With --kit: a folder for partners: AsyncAPI, JSON Schemas, the contract, and valid and invalid
    samples with the expected answers.

    With --run: sends the samples one after another and compares all answers. It publishes real
    events, for a Caf that does not exist (999), under new ids each time. Invalid messages remain
    in the dead letters; it prints the commands that drop them. It asks for confirmation, and
    needs --yes where standard input is no terminal.

    Exit code 1 when anything does not conform, 2 when a file cannot be read.
    """
    if sum((bool(files), kit is not None, play_it)) != 1:
        fail("give files to check, or --kit DIR, or --run", Code.USAGE)
    if kit is not None:
        _write(kit)
    elif play_it:
        from services.cli.conformance.live_run import play_samples

        run = Run(f"kit-{secrets.token_hex(4)}", caf, timeout)
        play_samples(run, yes=yes, as_json=as_json)
    else:
        _check(files or [], load_settings(), as_json=as_json)


def _check(files: list[str], settings: Settings, *, as_json: bool) -> None:
    """Print the verdicts on every file; one that cannot be read or is empty stops no other."""
    verdicts_by_file: dict[str, list[Verdict]] = {}
    faults: dict[str, str] = {}
    codes = [Code.OK]
    for file in files:
        try:
            verdicts_by_file[file] = _verdicts(file, settings)
        except OSError as fault:
            faults[file] = f"cannot be read: {fault.strerror}"
            codes.append(Code.USAGE)
    faults |= {file: "holds no event" for file, events in verdicts_by_file.items() if not events}
    if as_json:
        print_json(files_document(verdicts_by_file, faults))
    else:
        print_verdicts({file: events for file, events in verdicts_by_file.items() if events})
        for file, text in faults.items():
            warn(f"{file} {text}")
    events = (each for verdicts_of in verdicts_by_file.values() for each in verdicts_of)
    if faults or not all(map(_conforms, events)):
        raise typer.Exit(max(*codes, Code.WRONG))


def _verdicts(file: str, settings: Settings) -> list[Verdict]:
    """Return the verdict on each event of a file.

    Raises:
        OSError: the file cannot be read.
    """
    events = list(split(bytes_of(file)))
    file_verdicts = verdicts(events, settings.body_bytes_max)
    with progress() as bar:
        return list(bar.track(file_verdicts, total=len(events), description=file))


def _conforms(verdict: Verdict) -> bool:
    return verdict.conforms


def _write(folder: Path) -> None:
    from shared.partner_kit import distribution

    kit = distribution.files()
    try:
        distribution.write(kit, folder)
    except FileExistsError:
        fail(f"{folder} is no empty folder: name a new one", Code.USAGE)
    except OSError as fault:
        fail(f"{folder} cannot be written: {fault.strerror}", Code.USAGE)
    echo(f"{len(kit)} files in {folder}; begin with {distribution.README}.")
