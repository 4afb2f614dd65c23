"""What must hold when a world has come to rest."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import zip_longest
from typing import Any

import orjson

from shared.contracts.registry import SERVICES
from shared.kernel.messages import OutgoingMessage
from shared.kernel.receipts import sha256
from tests.simulation.poison import BODY_BYTES_MAX
from tests.simulation.redrive import missing_outputs, outputs
from tests.simulation.serial import books_in_order
from tests.simulation.world import Ended, Setting, play
from tests.support.campaign import COLLECTIONS, Books, books

Outputs = dict[str, Any]


def judge(ended: Ended) -> None:
    """Raise AssertionError unless outputs, books and dead letters are as without faults.

    Where closings race or a store was restored, the books are compared with those of accounting's
    own order of messages.
    """
    assert not ended.failures, ended.failures
    _assert_dead_letters(ended)
    _assert_outputs_arrived(ended)
    calm_outputs, calm_books = calm(ended.setting.dossiers, whole=ended.setting.whole)
    _assert_outputs(outputs_of(ended), calm_outputs)
    if ended.setting.racing or ended.setting.faults.restore:
        calm_books = books_in_order(ended.databases["accounting"].content.records.values())
    _assert_books(books_of(ended), calm_books)


@lru_cache
def calm(dossiers: int, *, whole: bool) -> tuple[Outputs, Books]:
    """Return the outputs before accounting, and the books, of a world without faults."""
    ended = play(Setting(0, dossiers, whole=whole, replicas=1))
    assert not ended.failures, ended.failures
    return outputs_of(ended), books_of(ended)


def books_of(ended: Ended) -> Books:
    """Return the books of a world that ended."""
    store = ended.databases["accounting"].content
    return books({name: store.documents(name) for name in COLLECTIONS})


def outputs_of(ended: Ended) -> Outputs:
    """Return the data of all events that the services before accounting published, by id.

    What depends on the order of arrival is left out.
    """
    return {
        output.id: _without_order(orjson.loads(output.body)["data"])
        for service in SERVICES
        if service != "accounting"
        for record in ended.databases[service].content.records.values()
        if record.outcome == "decided"
        for output in record.outputs
    }


def _without_order(data: dict[str, Any]) -> dict[str, Any]:
    """COM-14 names the dossiers that came before; a forecast shows what was granted before it."""
    if findings := data.get("findings"):
        data["findings"] = [finding for finding in findings if finding["rule"] != "COM-14"]
    if _is_forecast(data):
        remarks = [remark for remark in data["remarks"] if remark["rule"] != "ENV-03"]
        return data | {"envelopes": [], "remarks": remarks}
    return data


def _is_forecast(data: dict[str, Any]) -> bool:
    return {"verdict", "ps_total"} <= data.keys()


def _assert_dead_letters(ended: Ended) -> None:
    """The dead letters are exactly the poison; the same one may be there twice.

    All come from a service, with the reason: what the broker gave up got no answer.
    """
    expected = {each.dead_letter for each in ended.poison}
    letters = {(service, sha256(letter.body)): letter for service, letter in ended.dead_letters}
    answered = {(s, sha256(each.body)) for s, each in ended.dead_letters if _has_reason(each)}
    surplus = [(key[0], letters[key].id, letters[key].headers) for key in letters.keys() - expected]
    assert not surplus, f"healthy messages among the dead letters: {surplus}"
    absent = [each.message.id for each in ended.poison if each.dead_letter not in letters]
    assert not absent, f"poison without a dead letter: {absent}"
    silent = letters.keys() - answered
    assert not silent, f"given up by the broker: {[letters[key].id for key in silent]}"


def _has_reason(letter: OutgoingMessage) -> bool:
    """Return whether a service gave the reason; a broker may move a body over the bound."""
    return "clas-reason" in letter.headers or len(letter.body) > BODY_BYTES_MAX


def _assert_outputs_arrived(ended: Ended) -> None:
    """Every event of a record was published, and handled by each of its consumers."""
    lost = [each.id for _, each in outputs(ended.databases) if each.id not in ended.published]
    assert not lost, f"never published: {lost}"
    missing = [(service, message.id) for service, message in missing_outputs(ended.databases)]
    assert not missing, f"never handled: {missing}"


def _assert_outputs(stormy: Outputs, expected: Outputs) -> None:
    # An agrement that overtakes its assessment leaves nothing to forecast.
    lost = sorted(key for key in expected.keys() - stormy.keys() if not _is_forecast(expected[key]))
    assert not lost, f"lost outputs: {lost}"
    surplus = sorted(stormy.keys() - expected.keys())
    assert not surplus, f"surplus outputs: {[stormy[each] for each in surplus]}"
    both = sorted(stormy.keys() & expected.keys())
    differing = [(stormy[key], expected[key]) for key in both if stormy[key] != expected[key]]
    assert not differing, f"{len(differing)} outputs differ, first: {_difference(*differing[0])}"


def _assert_books(stormy: Books, expected: Books) -> None:
    for name in COLLECTIONS:
        pairs: Iterable[tuple[Any, Any]] = zip_longest(stormy[name], expected[name])
        differing = [(one, other) for one, other in pairs if one != other]
        assert not differing, f"{name}: {len(differing)} differ, first: {differing[0]}"


def _difference(one: dict[str, Any], other: dict[str, Any]) -> str:
    return ", ".join(f"{k}: {one.get(k)} / {v}" for k, v in other.items() if one.get(k) != v)
