"""The kit of the contract: its samples cover the events of partners, with correct descriptions."""

import json
import re

import pytest

from shared.contracts.envelope import InvalidMessageError, decode_at_intake
from shared.contracts.registry import BY_NAME, BY_TYPE, EVENTS
from shared.contracts.schema import schema_of
from shared.partner_kit.catalogue import CHAPTERS, samples
from shared.partner_kit.sample import CAF, RUN, Sample, inbound, read_samples, sample_text
from tests.contract.json_schema import violations

SAMPLES = read_samples()
INBOUND = [spec.name for spec in EVENTS if inbound(spec)]
NAMES = [sample.name for sample in SAMPLES]


def lacking(samples: tuple[Sample, ...], *, valid: bool, least: int) -> list[str]:
    """Return the events that partners send of which there are too few samples."""
    events = [each.event for each in samples if each.valid is valid]
    return [name for name in INBOUND if events.count(name) < least]


def test_every_event_that_partners_send_has_samples() -> None:
    assert "DossierSubmitted" in INBOUND
    assert "AccountingEntryPosted" not in INBOUND
    assert lacking(SAMPLES, valid=True, least=1) == []
    assert lacking(SAMPLES, valid=False, least=3) == []


def test_an_event_without_a_sample_is_named() -> None:
    without = tuple(each for each in SAMPLES if each.event != "ControlConcluded")

    assert lacking(without, valid=True, least=1) == ["ControlConcluded"]
    assert lacking(without, valid=False, least=3) == ["ControlConcluded"]


def test_every_answer_of_the_kit_is_one_that_the_contract_foresees() -> None:
    for sample in SAMPLES:
        spec = BY_NAME[sample.event]
        for answer in sample.expected.answers:
            if answer.event == "MessageRefused":
                continue
            assert answer.event in _reachable(spec.name), (sample.name, answer.event)
            if answer.event in spec.answers and answer.event not in ASKED_BY_THE_CAF:
                assert set(answer.rules) <= set(spec.refusals), sample.name


ASKED_BY_THE_CAF = {"DossierReopened"}
"""Its grounds are those of the request, by whatever rule."""


def _reachable(name: str) -> set[str]:
    """Return the events that may follow from an event, through all services."""
    result: set[str] = set()
    new = {name}
    while new:
        document = {answer for each in new for answer in BY_NAME[each].answers}
        forwarded = {spec.name for spec in EVENTS if spec.name == "WithdrawalForwarded"}
        result |= new
        new = (document | (forwarded if "DossierWithdrawn" in document else set())) - result
    return result


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_a_sample_fits_the_contract_if_it_says_so(sample: Sample) -> None:
    fault = _fault(sample)
    around = sample.expected.reason in {"disagrees", "id_reuse"}  # No matter of its bytes.
    if fault is None:
        assert sample.valid is not around
    else:
        (refused,) = sample.expected.answers
        assert (sample.valid, sample.expected.reason) == (False, fault.reason)
        assert sorted(each.path for each in fault.errors) == sorted(refused.errors)
    assert sample.valid is (sample.expected.dead_letters is None)


def _fault(sample: Sample) -> InvalidMessageError | None:
    try:
        event = decode_at_intake(sample.bytes({}))
    except InvalidMessageError as fault:
        return fault
    assert BY_TYPE[event.type].name == sample.event or not sample.valid
    return None


FOR_PEOPLE = {"siret", "annees", "deux-fois", "date"}
"""Errors that a JSON Schema cannot detect: a check digit, two years, a day of the calendar."""


@pytest.mark.parametrize(
    "sample", [each for each in SAMPLES if each.body], ids=lambda sample: sample.name
)
def test_a_partner_with_the_schemas_only_finds_the_same(sample: Sample) -> None:
    assert sample.body
    spec = BY_TYPE.get(str(sample.body.get("type")), BY_NAME[sample.event])

    result = violations(sample.body, schema_of(spec))

    if sample.valid or sample.expected.reason in {"disagrees", "id_reuse"}:
        assert result == []
    elif not any(sample.name.endswith(fault) for fault in FOR_PEOPLE):
        assert result != []


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_a_sample_can_be_made_new_by_one_word(sample: Sample) -> None:
    text = sample.bytes({}).decode("utf-8", errors="replace")
    ids = re.findall(r'"(?:id|dossier_id|\w+_id)": ?"([^"]*)"', text)
    mine = [each for each in ids if not re.fullmatch(r"C[0-9]", each) and each != "clas-national"]

    assert RUN in text
    assert all(each.startswith(RUN) for each in mine if each not in {"un-autre", ""}), mine
    assert sample.properties.message_id.startswith(RUN)
    assert sample.routing_key.endswith((f".{CAF}", ".national"))
    assert sample.fr
    assert sample.en


def test_the_files_are_the_samples_in_the_order_of_play() -> None:
    assert samples() == SAMPLES
    assert [each.number for each in SAMPLES] == sorted({each.number for each in SAMPLES})
    assert len(set(NAMES)) == len(NAMES)
    assert [first for first, _ in CHAPTERS] == [1, 101, 301]


def test_a_sample_is_read_without_our_code() -> None:
    (sample,) = (each for each in SAMPLES if each.name == "acompte-d-un-centime-de-trop")

    text = json.loads(sample_text(sample))

    assert text["routing_key"] == "AdvanceOrdered.v1.999"
    assert text["properties"] == {
        "message_id": "kit-00000000-acompte-d-un-centime-de-trop",
        "content_type": "application/cloudevents+json",
        "delivery_mode": 2,
    }
    assert text["expected"] == {"answers": [{"event": "AdvanceRefused", "rules": ["ACO-01"]}]}
    assert text["body"]["data"]["amount"] == "0.01"
