"""Looking at what stands before a closing: one question to the servers for each point."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import orjson

from services.accounting.closing_cli.checklist import NAMED_MAX, Preconditions, Sample
from services.accounting.closing_cli.exercise_status import ACCOUNTING
from services.accounting.closing_cli.request import Request
from services.accounting.domain.books import Books
from services.accounting.domain.closing import RULES
from services.accounting.domain.grants import Grant
from services.funding.domain.states import Grant as Funded
from shared.console.idle import Backlog, open_probe, wait_until_idle
from shared.contracts.registry import SERVICES
from shared.kernel.calendar import school_year
from shared.kernel.money import ZERO
from shared.kernel.outbox import queue_of
from shared.kernel.ports import StoredDocument
from shared.kernel.settings import Settings
from shared.mongodb.read_api import ReadApi
from shared.rabbitmq.broker_admin import Connection, connected, queue_stats
from shared.rabbitmq.dead_letter_queue import LOOK_MAX, DeadLetter, open_dead_letters

QUIET_S_MAX = 5.0
NOTHING_LEFT = Backlog({}, {})


async def wait_for_services(settings: Settings) -> Backlog:
    """Give messages on their way a moment to arrive; return what waits after it."""
    async with open_probe(settings) as look:
        return await wait_until_idle(look, QUIET_S_MAX, lambda _: None) or NOTHING_LEFT


async def preconditions_of(
    settings: Settings, kept: ReadApi, books: Books, asked: Request, left: Backlog
) -> Preconditions:
    """Return all that the checklist tells of."""
    caf, exercise = asked.caf, asked.exercise
    ended = {"caf": caf, "start_year": exercise - 1}
    committed = ended | {"commitment_left": {"$ne": str(ZERO)}}
    async with connected(settings) as connection:
        letters = {each: await _letters(connection, each, caf) for each in SERVICES}
        queue = await queue_stats(connection, queue_of(ACCOUNTING))
    return Preconditions(
        caf=caf,
        exercise=exercise,
        closed_on=asked.closed_on,
        refusals=tuple(reason for rule in RULES for reason in rule(asked.data, books)),
        left=left,
        ended=await kept.count_states(ACCOUNTING, Grant.collection, ended),
        unsettled=await _some(kept, ACCOUNTING, Grant.collection, ended | {"settlement": None}),
        for_bareme=await _deferred(kept, asked, "bareme"),
        for_credits=await _deferred(kept, asked, "envelope"),
        refused_accounts=await _refused_accounts(kept, caf, exercise - 1),
        letters=letters,
        starting=await kept.count_states(
            ACCOUNTING, Grant.collection, {"caf": caf, "start_year": exercise}
        ),
        committed=await kept.count_states(ACCOUNTING, Grant.collection, committed),
        listening=queue.consumers if queue else 0,
    )


async def refusals(kept: ReadApi, caf: str, exercise: int) -> int:
    """Count how often accounting refused the closing of an exercise."""
    told = await kept.events_by_routing_key(ACCOUNTING, [f"ClosingRefused.v1.{caf}"])
    return sum(orjson.loads(body)["data"]["exercise"] == exercise for body in told)


async def _deferred(kept: ReadApi, asked: Request, waits_for: str) -> Sample:
    where = {
        "waits_for": waits_for,
        "start_year": asked.exercise,
        "status": "deferred",
        "agrement.caf": asked.caf,
    }
    return await _some(kept, "funding", Funded.collection, where)


async def _refused_accounts(kept: ReadApi, caf: str, start: int) -> Sample:
    """Return the grants of a school year whose accounts were refused and that are not settled."""
    told = await kept.events_by_routing_key("funding", [f"BalanceRefused.v1.{caf}"])
    refused = {orjson.loads(body)["data"]["dossier_id"] for body in told}
    keys = sorted(f"{dossier_id}|{school_year(start)}" for dossier_id in refused)
    where: dict[str, Any] = {"_id": {"$in": keys}, "settlement": None}
    return await _some(kept, ACCOUNTING, Grant.collection, where)


async def _some(kept: ReadApi, service: str, collection: str, where: dict[str, Any]) -> Sample:
    count = await kept.count_states(service, collection, where)
    first = await kept.find_first(service, collection, where, NAMED_MAX)
    return Sample(count, tuple(_dossiers(first)))


def _dossiers(found: Iterable[StoredDocument]) -> Iterable[str]:
    """A grant is known by its dossier and school year."""
    return (each.id.partition("|")[0] for each in found)


async def _letters(connection: Connection, service: str, caf: str) -> int:
    """Count the dead letters of a Caf, and those whose Caf cannot be read or looked at."""
    async with open_dead_letters(connection, service) as letters:
        cafs = Counter([_caf(letter) async for letter in letters.letters(LOOK_MAX)])
    unseen = letters.count - cafs.total()
    return cafs[caf] + cafs[None] + unseen


def _caf(letter: DeadLetter) -> str | None:
    """Return the Caf of a dead letter: its body's word, else its routing key's last one."""
    try:
        told = orjson.loads(letter.body)["data"]["caf"]
    except (ValueError, KeyError, TypeError):
        told = letter.redrive_message().routing_key.rpartition(".")[2]
    return told if isinstance(told, str) and len(told) == len("761") and told.isdigit() else None
