"""Access to the dead-letter queues of the services: summaries, redrive, discard."""

import asyncio
from collections import Counter

from services.cli.dead_letters.view import Summary, matching_ids, summarise
from shared.console.terminal import progress, warn
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import Connection, connected
from shared.rabbitmq.dead_letter_queue import LOOK_MAX, DeadLetter, open_dead_letters

REDRIVE_PASSES = 5
DISCARD_PASSES_MAX = 20
PASS_INTERVAL_S = 0.3


async def summaries(settings: Settings, services: list[str]) -> list[Summary]:
    """Return a summary of each dead letter of these services, oldest first."""
    result: list[Summary] = []
    async with connected(settings) as connection:
        for service in services:
            async with open_dead_letters(connection, service) as letters:
                if letters.count > LOOK_MAX:
                    warn(f"{service} has {letters.count}; these are the {LOOK_MAX} oldest")
                result += [
                    summarise(letter, service, settings)
                    async for letter in letters.letters(LOOK_MAX)
                ]
    return result


async def matching(settings: Settings, service: str, id_prefix: str) -> list[DeadLetter]:
    """Return the dead letters whose id is, or begins with, a prefix."""
    async with connected(settings) as connection, open_dead_letters(connection, service) as letters:
        dead_letters = [letter async for letter in letters.letters(LOOK_MAX)]
    ids = matching_ids(id_prefix, [letter.id for letter in dead_letters])
    return [letter for letter in dead_letters if letter.id in ids]


async def redrive(settings: Settings, service: str, counts: Counter[str] | None) -> int:
    """Redrive dead letters: `counts` of each id, or all of them; return how many were sent.

    A letter that was read a moment ago returns to the queue after a delay, hence several passes.
    """
    done = 0
    async with connected(settings) as connection:
        for _ in range(REDRIVE_PASSES):
            done += await _redrive_once(connection, service, counts)
            if not counts:
                break
            await asyncio.sleep(PASS_INTERVAL_S)
    return done


async def discard(settings: Settings, service: str, ids: set[str], others: int) -> int:
    """Discard the dead letters of these ids; return how many are left.

    A quorum queue redelivers what was read after a delay, and sometimes what was acknowledged just
    before the connection closed. So passes are repeated until one finds none of these letters,
    and all `others`.
    """
    async with connected(settings) as connection:
        for _ in range(DISCARD_PASSES_MAX):
            left, others_left = await _discard_once(connection, service, ids)
            if not left and others_left >= others:
                break
            await asyncio.sleep(PASS_INTERVAL_S)
    return left


async def _discard_once(connection: Connection, service: str, ids: set[str]) -> tuple[int, int]:
    """Discard the letters that are there; return how many they were, and how many others."""
    dropped = others = 0
    async with open_dead_letters(connection, service) as letters:
        async for letter in letters.letters(LOOK_MAX):
            if letter.id in ids:
                await letter.discard()
                dropped += 1
            else:
                others += 1
    return dropped, others


async def _redrive_once(connection: Connection, service: str, counts: Counter[str] | None) -> int:
    done = 0
    async with open_dead_letters(connection, service) as letters:
        with progress() as bar:
            total = letters.count if counts is None else counts.total()
            task = bar.add_task("Sending again", total=total)
            async for letter in letters.letters():
                if counts is None or counts[letter.id]:
                    await letters.redrive(letter)
                    done += 1
                    bar.advance(task)
                    if counts is not None:
                        counts -= Counter([letter.id])
    return done
