"""`clas publish`: events of a file, all checked before any is sent."""

import asyncio
import sys
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from services.cli.reads import ReadsByService, open_all_reads
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail, progress, warn
from shared.contracts.event_file import EventFault, ValidEvent, split, validate
from shared.kernel.messages import IncomingMessage
from shared.kernel.ports import BrokerUnavailableError
from shared.kernel.settings import Settings

AT_ONCE = 100
FAULTS_SHOWN_MAX = 100


def publish(
    file: Annotated[
        str, typer.Argument(help="JSON lines, a JSON array or one event; - is standard input.")
    ],
    *,
    check_only: Annotated[bool, typer.Option("--check", help="Check, and send nothing.")] = False,
    from_anyone: Annotated[
        bool, typer.Option("--any", help="Send events too that services publish.")
    ] = False,
    step: Annotated[
        bool, typer.Option("--step", help="After each event, wait until the services are done.")
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=0, metavar="S", help="With --step: how long to wait at most.")
    ] = 60.0,
) -> None:
    """Publish CloudEvents as ELAN or a Caf does: with confirms, in the order of the file.

    Every event is checked against the contract first; if one does not fit, all faults are listed
    with their lines, nothing is sent and the exit code is 1. Sending a file again is harmless:
    an event is handled once. Order is only sure between events that wait for each other's
    answer: --step.
    """
    settings = load_settings()
    events, faults = validate(
        split(_content(file)), bytes_max=settings.body_bytes_max, from_anyone=from_anyone
    )
    if faults:
        _list(faults)
        fail(_summary(file, events, faults), Code.WRONG)
    if not events:
        fail(f"{file} holds no event", Code.WRONG)
    if check_only:
        _warn_of_ignored_fields(events)
        echo(f"{counted(len(events))} in {file} {'fits' if len(events) == 1 else 'fit'}.")
        return
    run_async(_send(events, settings, timeout if step else None), settings)
    echo(f"{counted(len(events))} published and confirmed.")


def bytes_of(file: str) -> bytes:
    """Return the bytes of a file, or of standard input.

    Raises:
        OSError: it cannot be read.
    """
    return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()


def _content(file: str) -> bytes:
    try:
        return bytes_of(file)
    except OSError as fault:
        fail(f"{file} cannot be read: {fault.strerror}", Code.USAGE)


def _list(faults: list[EventFault]) -> None:
    for fault in faults[:FAULTS_SHOWN_MAX]:
        warn(str(fault))
    if len(faults) > FAULTS_SHOWN_MAX:
        warn(f"… and {len(faults) - FAULTS_SHOWN_MAX} more faults")


def _warn_of_ignored_fields(events: list[ValidEvent]) -> None:
    """Print the warnings of `clas conformance`: fields that are unknown, or look misspelt."""
    from shared.partner_kit.file_validation import warnings_of

    warnings = [(event.line, each) for event in events for each in warnings_of(event.body)]
    for line, warning in warnings[:FAULTS_SHOWN_MAX]:
        warn(f"line {line}: warning: {warning}")
    if len(warnings) > FAULTS_SHOWN_MAX:
        warn(f"… and {counted(len(warnings) - FAULTS_SHOWN_MAX, 'more warning')}")


def _summary(file: str, events: list[ValidEvent], faults: list[EventFault]) -> str:
    wrong = len({fault.line for fault in faults})
    fits = "does not fit" if wrong == 1 else "do not fit"
    return f"{file}: {wrong:,} of {counted(len(events) + wrong)} {fits}; nothing was sent"


async def _send(events: list[ValidEvent], settings: Settings, step_s: float | None) -> None:
    from shared.rabbitmq.publisher import open_publisher

    sent, at_once = 0, AT_ONCE if step_s is None else 1
    with progress() as bar:
        task = bar.add_task("Publishing", total=len(events))
        try:
            async with open_publisher(settings) as exchange, _reads(settings, step_s) as reads:
                for rank in range(0, len(events), at_once):
                    batch = events[rank : rank + at_once]
                    await asyncio.gather(
                        *(exchange.publish(each.body, each.routing_key, each.id) for each in batch)
                    )
                    if step_s is not None:
                        await _wait(batch[0], settings, reads, step_s)
                    sent += len(batch)
                    bar.advance(task, len(batch))
        except BrokerUnavailableError as fault:
            confirmed = f"{sent} of {counted(len(events))} were confirmed; send the file again"
            raise BrokerUnavailableError(f"{fault}; {confirmed}") from fault


def _reads(settings: Settings, step_s: float | None) -> AbstractAsyncContextManager[ReadsByService]:
    """Open the databases for --step; without it none is needed."""
    return nullcontext({}) if step_s is None else open_all_reads(settings)


async def _wait(
    event: ValidEvent, settings: Settings, reads: ReadsByService, timeout_s: float
) -> None:
    from shared.console.idle import open_probe, wait_until_idle

    sent = IncomingMessage(event.body, event.routing_key, event.id)
    async with open_probe(settings, reads, sent) as probe:
        if backlog := await wait_until_idle(probe, timeout_s, lambda _: None):
            text = f"not quiet {timeout_s:g} s after {event.name} (line {event.line}): {backlog}"
            fail(f"{text}. The events behind it were not sent.", Code.WRONG)


def counted(number: int, noun: str = "event") -> str:
    """Return `1 event` or `1,001 events`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
