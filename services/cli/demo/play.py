"""Playing a campaign: publish a phase, wait for its answers, go on to the next."""

import time
from collections.abc import Sequence

from services.cli.demo.driver import DemoDriver
from services.cli.demo.sample import Batch
from shared.console.terminal import console, echo, progress
from shared.french import counted

SENT_AT_ONCE = 50


async def play(stage: DemoDriver, batches: Sequence[Batch]) -> None:
    """Play all phases, and tell each one in a line once it is over."""
    began = time.monotonic()
    width = max(len(batch.phase.title) for batch in batches)
    for batch in batches:
        heard, since = len(stage.received()), time.monotonic()
        await _play(stage, batch)
        answers = len(stage.received()) - heard - len(batch.messages)
        told = f"{counted(len(batch.messages), 'message'):>13}, {counted(answers, 'réponse'):>13}"
        echo(f"✓ {batch.phase.title:<{width}} {told}   {_seconds(since)}")
    messages = sum(len(batch.messages) for batch in batches)
    answers = len(stage.received()) - messages
    told = f"{counted(messages, 'message')} et {counted(answers, 'réponse')} en {_seconds(began)}"
    console.print()
    echo(f"Campagne jouée : {told}.", style="bold")


async def _play(stage: DemoDriver, batch: Batch) -> None:
    with progress() as bar:
        task = bar.add_task(batch.phase.title, total=len(batch.messages))
        for first in range(0, len(batch.messages), SENT_AT_ONCE):
            some = batch.messages[first : first + SENT_AT_ONCE]
            await stage.send(some)
            bar.advance(task, len(some))
        await stage.wait_until_idle()


def _seconds(since: float) -> str:
    return f"{time.monotonic() - since:.1f} s".replace(".", ",")
