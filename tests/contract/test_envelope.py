"""Strict decoding: whatever the bytes are, a service gets a good event or a named fault."""

import json
import time
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared.contracts.common import MessageRefused
from shared.contracts.elan import DossierSubmitted
from shared.contracts.envelope import ERRORS_MAX, Envelope, Shapeless, decode, encode
from shared.contracts.types import SignedMoney
from shared.kernel.answers import HEADER_BYTES_MAX, Voice, refusals
from shared.kernel.intake import Item, read
from shared.kernel.ports import Delivery
from shared.kernel.settings import Settings
from tests.contract.bending import (
    BUILDERS,
    DOSSIER,
    Bad,
    Raw,
    envelope,
    key,
    replaced,
    service_of,
    with_members,
    written,
)
from tests.contract.corpus import CORPUS, HOSTILE
from tests.support import samples

NOW = samples.dossier().deposited_at
LONGEST_S = 5.0  # Quadratic work on a megabyte would take minutes.


def name_of(bad: Bad) -> str:
    return bad.name


def seen(body: bytes, **around: Any) -> Item:
    delivery = Delivery(body, **{"routing_key": key(DOSSIER)} | around)
    return read(delivery, "submission", Settings().body_bytes_max)


def refused(bad: Bad) -> Item:
    delivery = Delivery(bad.body, bad.routing_key, bad.message_id)
    return read(delivery, bad.service, Settings().body_bytes_max)


def accepted(body: bytes) -> Envelope:
    item = seen(body)
    assert item.fault is None, item.fault
    assert item.event
    return item.event


def with_field(where: str, value: Any) -> DossierSubmitted:
    data = accepted(written(replaced(envelope(), where, value))).data
    assert isinstance(data, DossierSubmitted)
    return data


@pytest.mark.parametrize("bad", CORPUS, ids=name_of)
def test_a_bad_message_is_refused_for_its_reason_at_its_path(bad: Bad) -> None:
    item = refused(bad)
    assert item.event is None
    assert item.fault
    assert (item.fault.reason, bad.path) == (
        bad.reason,
        next((e.path for e in item.fault.errors if e.path == bad.path), item.fault.errors),
    )
    assert all(error.message for error in item.fault.errors)


@pytest.mark.parametrize("bad", CORPUS, ids=name_of)
def test_its_producer_can_be_told_in_the_words_of_the_contract(bad: Bad) -> None:
    item = refused(bad)
    letter, told = refusals(Voice("submission", NOW), item, kept_whole=True) if bad.service == "submission" else (None, None)
