"""The dead letters of the services, taken in hand for a moment."""

from services.cli.letters import Summary, named, summarise
from services.cli.terminal import progress, warn
from shared.kernel.settings import Settings
from shared.rabbitmq.dead_letters import LOOK_MAX, Letter, dead_letters
from shared.rabbitmq.inspect import connected


async def summaries(known: Settings, services: list[str]) -> list[Summary]:
    """Return the dead letters of these services in one line each, oldest first."""
    told: list[Summary] = []
    async with connected(known) as connection:
        for service in services:
            async with dead_letters(connection, service) as letters:
                if letters.count > LOOK_MAX:
                    warn(f"{service} has {letters.count}; these are the {LOOK_MAX} oldest")
                told += [summarise(each, service, known) async for each in letters.each(LOOK_MAX)]
    return told


async def found(known: Settings, service: str, wanted: str) -> list[Letter]:
    """Return the dead letters whose id is, or begins with, a word."""
    async with connected(known) as connection, dead_letters(connection, service) as letters:
        seen = [letter async for letter in letters.each(LOOK_MAX)]
    ids = named(wanted, [letter.id for letter in seen])
    return [letter for letter in seen if letter.id in ids]


async def send_again(known: Settings, service: str, ids: set[str] | None) -> int:
    """Send these dead letters again, or all of them; return how many went."""
    done = 0
    async with connected(known) as connection, dead_letters(connection, service) as letters:
        with progress() as bar:
            task = bar.add_task("Sending again", total=len(ids) if ids else letters.count)
            async for letter in letters.each():
                if ids is None or letter.id in ids:
                    await letters.send_again(letter)
                    done += 1
                    bar.advance(task)
    return done
