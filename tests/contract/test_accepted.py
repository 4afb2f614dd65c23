"""Strict decoding accepts equivalent values, and stores them in one form."""

import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.base import content_hash
from shared.contracts.caf import BaremePublished
from shared.contracts.elan import DossierSubmitted
from shared.contracts.envelope import Envelope, encode
from shared.contracts.types import Money, Share, SignedMoney
from shared.kernel.inbound import parse
from shared.kernel.messages import DEVELOPMENT, InboundMessage, InboxKey, IncomingMessage
from shared.kernel.settings import Settings
from tests.contract.bending import (
    BUILDERS,
    DOSSIER,
    Raw,
    envelope,
    key,
    replaced,
    service_of,
    with_members,
    written,
)
from tests.contract.test_registry import INBOUND
from tests.support import samples

BODY_BYTES_MAX = Settings().body_bytes_max


def test_every_message_of_partners_has_a_good_one() -> None:
    assert INBOUND.keys() <= BUILDERS.keys()


@pytest.mark.parametrize("event", BUILDERS)
def test_a_good_message_of_every_event_is_accepted(event: str) -> None:
    delivery = IncomingMessage(written(envelope(event)), key(event), "m-1")

    item = parse(delivery, service_of(event), BODY_BYTES_MAX)

    assert item.fault is None
    assert item.event
    assert item.event.data == BUILDERS[event]()


@pytest.mark.parametrize(
    "members",
    [
        '"futureattribute": "x"',
        '"x": {"a": 1}, "y": {"a": 1}',
        '"x": ' + "[" * 31 + "]" * 31,
        f'"x": [{"0," * 999}0]',
        r'"x": "he said \"id\": \u0022id\u0022 :"',
        '"x": 123456789012345678901234567890',
        '"traceparent": "malformed"',
        '"correlationid": null, "data_base64": null',
        '"subject": "ELAN-2025-761-000001", "sequence": "0000000007"',
    ],
)
def test_what_the_envelope_does_not_know_is_ignored(members: str) -> None:
    assert _accepted(with_members(members)).data == samples.dossier()


def test_fields_that_the_data_does_not_know_are_ignored() -> None:
    document = envelope()
    document["data"] |= {"status": "PAID", "_id": "x", "$where": "1", "a.b": [None]}
    document["data"]["budget"] |= {"currency": "EUR"}

    assert _accepted(written(document)).data == samples.dossier()


def test_layout_and_order_mean_nothing() -> None:
    document = dict(reversed(envelope().items()))

    spread = json.dumps(document, indent=4, ensure_ascii=True, separators=(" , ", " : "))

    assert _accepted(spread.encode()).data == samples.dossier()


@pytest.mark.parametrize(
    ("text", "stored_as"),
    [
        ("E\u0301cole", "École"),
        ("  bord à bord\t\n", "bord à bord"),
        ("\u00a0Clas\u202f", "Clas"),
        ("deux\nlignes\tet « plus » : 3 % | ;", "deux\nlignes\tet « plus » : 3 % | ;"),
        ("=1+1", "=1+1"),
        ("", ""),
        ("   ", ""),
        (Raw(r'"\ud83d\ude00 \u00e9"'), "😀 é"),
        ("e\u0301" * 10_000, "é" * 10_000),
        ("x" * 10_000, "x" * 10_000),
        ("accompa\u00adgnement", "accompa\u00adgnement"),
        ("👩\u200d🏫 Cl\u200bas", "👩\u200d🏫 Cl\u200bas"),
        ("e" + "\u0323" * 30, "\u1eb9" + "\u0323" * 29),
        ("Ελληνικά και русский текст без единого лишнего знака", None),
    ],
)
def test_text_is_trimmed_and_composed(text: Any, stored_as: str | None) -> None:
    title = _with("data.project.title", text).project.title

    assert title == (text if stored_as is None else stored_as)


@pytest.mark.parametrize("amount", ["0.00", "0.01", "9999999999999.99", "007.00"])
def test_amounts_are_exact(amount: str) -> None:
    value = _with("data.budget.total_annual_cost", amount).budget.total_annual_cost

    assert value == Decimal(amount)
    assert value.as_tuple().exponent == -2


@pytest.mark.parametrize(("amount", "text"), [("-0.00", "0.00"), ("-12.30", "-12.30")])
def test_a_signed_amount_keeps_no_sign_on_zero(amount: str, text: str) -> None:
    euros = TypeAdapter(SignedMoney).validate_python(amount, strict=True)

    assert str(euros) == text


@pytest.mark.parametrize("amount", ["12,30", Decimal("1.005"), Decimal("NaN"), 5, 5.0, None])
def test_a_signed_amount_is_exact_too(amount: Any) -> None:
    with pytest.raises(ValidationError, match="euros as a string with two decimals"):
        TypeAdapter(SignedMoney).validate_python(amount, strict=True)


def test_decisions_hand_over_amounts_and_shares_as_decimals() -> None:
    assert str(TypeAdapter(Money).validate_python(Decimal(5))) == "5.00"
    assert TypeAdapter(Share).validate_python(Decimal("0.4")) == Decimal("0.4")
    with pytest.raises(ValidationError, match="not negative"):
        TypeAdapter(Money).validate_python(Decimal("-0.01"))


@pytest.mark.parametrize("share", ["0", "1", "0.5", "1.000000", "0.333333"])
def test_shares_are_exact(share: str) -> None:
    collectif = _with("data.collectifs.0.home_share", share).collectifs[0]

    assert collectif.home_share == Decimal(share)


@pytest.mark.parametrize(
    "instant",
    [
        "2025-07-10T07:30:00Z",
        "2025-07-10t07:30:00z",
        "2025-07-10T09:30:00.000+02:00",
        "2025-07-10T09:30:00.000000000+02:00",
        "2025-07-09T21:30:00-10:00",
    ],
)
def test_an_instant_is_the_same_however_it_is_written(instant: str) -> None:
    assert _with("data.signed_at", instant).signed_at == samples.dossier().signed_at


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2025-06-30T23:59:60Z", "2025-06-30T23:59:59Z"),
        ("2025-07-01T01:59:60.5+02:00", "2025-07-01T01:59:59.5+02:00"),
    ],
)
def test_a_leap_second_is_the_second_before(written: str, read: str) -> None:
    instants = [_with("data.signed_at", instant).signed_at for instant in (written, read)]

    assert instants[0] == instants[1]


@pytest.mark.parametrize("number", ["10.0", "1e1", "100e-1"])
def test_a_number_without_a_fraction_is_an_integer(number: str) -> None:
    children = _with("data.collectifs.0.children", Raw(number)).collectifs[0].children

    assert (type(children), children) == (int, 10)


def test_a_leap_day_and_the_exception_of_la_poste_are_valid() -> None:
    assert _with("data.collectifs.0.starts_on", "2024-02-29").collectifs[0].starts_on.day == 29
    assert _with("data.gestionnaire.siret", "35600000009002").gestionnaire.siret


def test_200_collectifs_fit_in_one_message() -> None:
    many = [samples.collectif(collectif_id=f"C{n}") for n in range(200)]

    assert len(_with("data.collectifs", many).collectifs) == 200


def test_an_event_without_a_caf_travels_as_national() -> None:
    body = written(envelope("BaremePublished"))

    item = parse(IncomingMessage(body, "BaremePublished.v1.national"), "funding", BODY_BYTES_MAX)

    assert item.event
    assert isinstance(item.event.data, BaremePublished)


def test_headers_around_a_message_mean_nothing() -> None:
    headers = {"x-delivery-count": 99, "content-type": "text/plain", "clas-replay": "2"}

    item = _read(written(envelope()), headers=headers, redelivered=True)

    assert item.fault is None
    assert item.key.replay == 0


def test_a_replay_is_part_of_the_key() -> None:
    item = _read(written(envelope()), headers={"clas-replay": 2}, redriven=True)

    assert item.key == InboxKey(DEVELOPMENT, "/elan", "m-1", 2)


def _read(body: bytes, **around: Any) -> InboundMessage:
    return parse(IncomingMessage(body, key(DOSSIER), **around), "submission", BODY_BYTES_MAX)


def _accepted(body: bytes) -> Envelope:
    item = _read(body)
    assert item.fault is None, item.fault
    assert item.event
    return item.event


def _with(where: str, value: Any) -> DossierSubmitted:
    data = _accepted(written(replaced(envelope(), where, value))).data
    assert isinstance(data, DossierSubmitted)
    return data


def test_the_same_content_in_another_notation_has_the_same_fingerprint() -> None:
    sent = samples.dossier(
        deposited_at="2025-06-20T10:00:00+02:00",
        collectifs=[samples.collectif(home_share="0.50"), samples.collectif(collectif_id="C2")],
    )
    again = samples.dossier(
        deposited_at="2025-06-20T08:00:00Z",
        collectifs=[samples.collectif(collectif_id="C2"), samples.collectif(home_share="0.5")],
    )
    other = samples.dossier(
        deposited_at="2025-06-20T08:00:01Z",
        collectifs=[samples.collectif(collectif_id="C2"), samples.collectif(home_share="0.5")],
    )

    assert content_hash(sent) == content_hash(again)
    assert content_hash(sent) != content_hash(other)


def test_a_message_id_that_the_client_library_made_up_is_not_the_producers_word() -> None:
    body = encode(samples.convention(), id="c-1", source="/caf", time="2025-11-05T10:00:00Z")
    made_up = parse(
        IncomingMessage(body, "ConventionSigned.v1.761", uuid.uuid4().hex),
        "funding",
        BODY_BYTES_MAX,
    )
    other = parse(
        IncomingMessage(body, "ConventionSigned.v1.761", "c-2"), "funding", BODY_BYTES_MAX
    )

    assert made_up.fault is None
    assert other.fault is not None
