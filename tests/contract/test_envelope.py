"""Strict decoding: whatever the bytes are, a service gets a good event or a named fault."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.common import MessageRefused
from shared.contracts.envelope import ERRORS_MAX, InvalidMessageError, decode
from shared.kernel.inbound import parse
from shared.kernel.messages import InboundMessage, IncomingMessage
from shared.kernel.rejections import HEADER_BYTES_MAX, rejection_messages
from shared.kernel.settings import Settings
from tests.contract.bending import (
    Bad,
    envelope,
    replaced,
    written,
)
from tests.contract.corpus import CORPUS, HOSTILE
from tests.support import samples

BODY_BYTES_MAX = Settings().body_bytes_max
NOW = samples.dossier().deposited_at
LONGEST_S = 10.0  # Of this process alone; quadratic work on a megabyte takes minutes.


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: bad.name)
def test_a_bad_message_is_refused_for_its_reason_at_its_path(bad: Bad) -> None:
    item = _refused(bad)

    assert item.event is None
    assert item.fault
    assert item.fault.reason == bad.reason
    assert bad.path in {error.path for error in item.fault.errors}
    assert all(error.message for error in item.fault.errors)


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: bad.name)
def test_a_bad_message_is_kept_whole_and_told_in_words_of_the_contract(bad: Bad) -> None:
    letter, *text = rejection_messages(bad.service, NOW, _refused(bad), body_stored=True)

    assert letter.queue == f"clas.{bad.service}.dead-letters"
    assert letter.body == bad.body
    assert len(letter.headers["clas-errors"]) <= HEADER_BYTES_MAX
    assert json.loads(letter.headers["clas-errors"])
    for event in text:
        refusal = decode(event.body).data
        assert isinstance(refusal, MessageRefused)
        assert bad.path in {error.path for error in refusal.errors}


@pytest.mark.parametrize("bad", HOSTILE, ids=lambda bad: bad.name)
def test_a_body_made_to_take_long_does_not(bad: Bad) -> None:
    started = time.process_time()

    fault = _refused(bad).fault

    assert time.process_time() - started < LONGEST_S
    assert fault
    assert (fault.reason, fault.errors[0].path) == (bad.reason, bad.path)


def test_the_corpus_names_each_message_once() -> None:
    assert len({bad.name for bad in CORPUS}) == len(CORPUS) >= 100


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "é", '"', ":", "id"]),
            st.sampled_from(["1", r'"\u0022"', r'"\u0022: \u0022"', r'"\":"', '{"a": 1}', '["a"]']),
            st.sampled_from([":", " : ", "\t:\n"]),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_a_key_is_found_twice_exactly_where_it_stands_twice(
    members: list[tuple[str, str, str, bool]],
) -> None:
    keys = [name for name, *_ in members]
    text = ",".join(
        json.dumps(name, ensure_ascii=ascii_only) + colon + value
        for name, value, colon, ascii_only in members
    )

    with pytest.raises(InvalidMessageError) as caught:
        decode(f"{{{text}}}".encode())

    twice = sorted({name for name in keys if keys.count(name) > 1})
    assert (caught.value.reason == "duplicate_key") == bool(twice)
    assert [error.path for error in caught.value.errors] == (twice or ["type"])


def test_what_can_be_read_of_a_bad_message_names_it() -> None:
    document = replaced(envelope(), "data.revision", "7")

    with pytest.raises(InvalidMessageError) as caught:
        decode(written(document))

    fault = caught.value
    assert (fault.event_id, fault.event_type) == ("m-1", "fr.caf.clas.DossierSubmitted.v1")
    assert (fault.caf, fault.dossier_id) == ("761", "ELAN-2025-761-000001")


@pytest.mark.parametrize("name", ["numéro-1", "m 1", "m\n", "", 7, None, "m" * 301])
def test_an_id_that_our_answer_could_not_repeat_is_not_repeated(name: Any) -> None:
    with pytest.raises(InvalidMessageError) as caught:
        decode(written(replaced(envelope(), "id", name)))

    assert caught.value.event_id is None
    assert [error.path for error in caught.value.errors] == ["id"]


def test_every_fault_is_named_at_once_and_no_more_than_can_be_read() -> None:
    broken = replaced(envelope(), "data.collectifs", [{}] * 200)
    broken = replaced(replaced(broken, "id", ""), "data.budget", None)

    with pytest.raises(InvalidMessageError) as caught:
        decode(written(broken))

    assert len(caught.value.errors) == ERRORS_MAX
    assert caught.value.errors[0].path == "id"


def test_a_list_is_not_called_too_short_for_its_wrong_members() -> None:
    with pytest.raises(InvalidMessageError) as wrong:
        decode(written(replaced(envelope(), "data.collectifs.0.children", 0)))
    with pytest.raises(InvalidMessageError) as empty:
        decode(written(replaced(envelope(), "data.collectifs", [])))

    assert [error.path for error in wrong.value.errors] == ["data.collectifs.0.children"]
    assert [error.path for error in empty.value.errors] == ["data.collectifs"]


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("data.project.objectives", {"k" * 900_000: 1}),
        ("data.collectifs", [samples.collectif(collectif_id=f"{n % 90:0100}") for n in range(180)]),
        ("type", "t" * 900_000),
    ],
)
def test_a_fault_is_told_in_short_whatever_the_message_holds(where: str, value: Any) -> None:
    with pytest.raises(InvalidMessageError) as caught:
        decode(written(replaced(envelope(), where, value)))

    assert all(len(e.path) <= 300 and len(e.message) <= 2_000 for e in caught.value.errors)


def _refused(bad: Bad) -> InboundMessage:
    return parse(
        IncomingMessage(bad.body, bad.routing_key, bad.message_id), bad.service, BODY_BYTES_MAX
    )
