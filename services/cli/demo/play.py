"""Playing a campaign: publish a phase, wait for its answers, go on to the next."""

import time
from collections.abc import Sequence

from services.cli.demo.driver import DemoDriver
from services.cli.demo.sample import Batch
from shared.console.terminal import console, echo, progress
from shared.french import counted

SENT_AT_ONCE = 50


async def play(driver: DemoDriver, batches: Sequence[Batch]) -> None:
    """Play all phases, and print a line for each one once it is over."""
    began = time.monotonic()
    width = max(len(batch.phase.title) for batch in batches)
    for batch in batches:
        before, since = len(driver.received()), time.monotonic()
        await _play(driver, batch)
        answers = len(driver.received()) - before - len(batch.messages)
        sent = len(batch.messages)
        counts = f"{counted(sent, 'message'):>12}, {counted(answers, 'réponse'):>12}"
        echo(f"✓ {batch.phase.title:<{width}} {counts} {_seconds(since):>6}")
    messages = sum(len(batch.messages) for batch in batches)
    answers = len(driver.received()) - messages
    counts = f"{counted(messages, 'message')} et {counted(answers, 'réponse')} en {_seconds(began)}"
    console.print()
    echo(f"Campagne jouée : {counts}.", style="bold")


async def _play(driver: DemoDriver, batch: Batch) -> None:
    with progress() as bar:
        task = bar.add_task(batch.phase.title, total=len(batch.messages))
        for first in range(0, len(batch.messages), SENT_AT_ONCE):
            part = batch.messages[first : first + SENT_AT_ONCE]
            await driver.send(part)
            bar.advance(task, len(part))
        await driver.wait_until_idle()


def _seconds(since: float) -> str:
    return f"{time.monotonic() - since:.1f} s".replace(".", ",")
