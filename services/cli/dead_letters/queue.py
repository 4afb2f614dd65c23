"""The dead letters of the services, taken in hand for a moment."""

import asyncio
from collections import Counter

from services.cli.dead_letters.view import Summary, named, summarise
from shared.console.terminal import progress, warn
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import Connection, connected
from shared.rabbitmq.dead_letter_queue import LOOK_MAX, DeadLetter, open_dead_letters

LOOKS = 5
LOOKS_MAX = 20
PACE_S = 0.3


async def summaries(settings: Settings, services: list[str]) -> list[Summary]:
    """Return the dead letters of these services in one line each, oldest first."""
    told: list[Summary] = []
    async with connected(settings) as connection:
        for service in services:
            async with open_dead_letters(connection, service) as letters:
                if letters.count > LOOK_MAX:
                    warn(f"{service} has {letters.count}; these are the {LOOK_MAX} oldest")
                told += [
                    summarise(each, service, settings) async for each in letters.letters(LOOK_MAX)
                ]
    return told


async def matching(settings: Settings, service: str, wanted: str) -> list[DeadLetter]:
    """Return the dead letters whose id is, or begins with, a word."""
    async with connected(settings) as connection, open_dead_letters(connection, service) as letters:
        seen = [letter async for letter in letters.letters(LOOK_MAX)]
    ids = named(wanted, [letter.id for letter in seen])
    return [letter for letter in seen if letter.id in ids]


async def redrive(settings: Settings, service: str, wanted: Counter[str] | None) -> int:
    """Send dead letters again, so many of each id, or all that are there; return how many went.

    What somebody looked at a moment ago comes back to the queue a moment later: it is looked
    for several times.
    """
    done = 0
    async with connected(settings) as connection:
        for _ in range(LOOKS):
            done += await _look_and_send(connection, service, wanted)
            if not wanted:
                break
            await asyncio.sleep(PACE_S)
    return done


async def discard(settings: Settings, service: str, ids: set[str], others: int) -> int:
    """Let the dead letters of these ids go for good; return how many are left after all.

    A quorum queue gives back a moment later what was looked at, and sometimes what was let go just
    before a look ended: one look is the last that finds none of them, and all `others` again.
    """
    async with connected(settings) as connection:
        for _ in range(LOOKS_MAX):
            left, seen = await _look_and_drop(connection, service, ids)
            if not left and seen >= others:
                break
            await asyncio.sleep(PACE_S)
    return left


async def _look_and_drop(connection: Connection, service: str, ids: set[str]) -> tuple[int, int]:
    """Return how many of these letters there were, and how many others."""
    found = others = 0
    async with open_dead_letters(connection, service) as letters:
        async for letter in letters.letters(LOOK_MAX):
            if letter.id in ids:
                await letter.discard()
                found += 1
            else:
                others += 1
    return found, others


async def _look_and_send(connection: Connection, service: str, wanted: Counter[str] | None) -> int:
    done = 0
    async with open_dead_letters(connection, service) as letters:
        with progress() as bar:
            total = letters.count if wanted is None else wanted.total()
            task = bar.add_task("Sending again", total=total)
            async for letter in letters.letters():
                if wanted is None or wanted[letter.id]:
                    await letters.redrive(letter)
                    done += 1
                    bar.advance(task)
                    if wanted is not None:
                        wanted -= Counter([letter.id])
    return done
