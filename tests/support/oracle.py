"""What must hold after any fault: the books of a run without faults, and matching inboxes."""

from itertools import zip_longest
from typing import Any

from shared.contracts.registry import BY_NAME, SERVICES
from tests.support.broker import depth
from tests.support.campaign import COLLECTIONS, Books, books
from tests.support.processes import Processes


def books_of(stage: Processes) -> Books:
    """Return the books of a real run."""
    return books({name: stage.documents("accounting", name) for name in COLLECTIONS})


def assert_inboxes_agree(stage: Processes) -> None:
    """Every event that a service published was handled by each of its consumers, once."""
    inboxes = {service: stage.documents(service, "inbox") for service in SERVICES}
    for service, records in inboxes.items():
        for name, ids in _published(records).items():
            for consumer in BY_NAME[name].consumers:
                handled = [r["_id"]["i"] for r in inboxes[consumer] if _by(r, service)]
                assert ids <= set(handled), (service, name, consumer, ids - set(handled))
                assert len(handled) == len(set(handled))
    assert not [batch for service in SERVICES for batch in stage.documents(service, "outbox")]


def assert_ledger_agrees(stage: Processes) -> None:
    """Every entry was announced, and every announcement has its entry."""
    announced = _published(stage.documents("accounting", "inbox")).get(
        "AccountingEntryPosted", set()
    )
    entries = stage.documents("accounting", "entries")
    assert len(announced) == len(entries)


async def assert_no_dead_letters(stage: Processes) -> None:
    """Nothing was given up."""
    for service in SERVICES:
        assert await depth(stage.servers.amqp_url, f"clas.{service}.dead-letters") == 0


def _published(records: list[dict[str, Any]]) -> dict[str, set[str]]:
    events: dict[str, set[str]] = {}
    for output in (output for record in records for output in record["outputs"]):
        if output["queue"] is None:
            events.setdefault(output["routing_key"].split(".")[0], set()).add(output["id"])
    return events


def _by(record: dict[str, Any], service: str) -> bool:
    return bool(record["_id"]["s"] == f"/clas/{service}")


def assert_same_books(stormy: Books, calm: Books) -> None:
    """Compare books document by document, so that a difference can be read."""
    for name in COLLECTIONS:
        differing = [
            (one, other) for one, other in zip_longest(stormy[name], calm[name]) if one != other
        ]
        assert not differing, f"{name}: {len(differing)} differ, first: {differing[0]}"
