"""A stored dossier is exported as a legal case: no personal data, the same answers."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

import orjson
import pytest

from services.accounting.domain.entries import Entry
from services.cli.cases import dossier_fields, event_fields
from services.cli.cases.anonymise import LISTS, NUMBERED, PAIRS, SPECIAL
from services.cli.cases.event_fields import BY_EVENT as FOLLOW_UPS
from services.cli.cases.export import (
    INTERNAL_PRODUCERS,
    OF_THE_CAF,
    DossierContext,
    export_case,
)
from services.cli.cases.given import Event, events
from services.cli.cases.mapping import TEXT, TEXTS, CaseError, Field
from services.cli.cases.run import Case, _message, answers, compare, run_events
from services.funding.domain.states import PublishedBareme
from services.submission.domain.states import Campaign, InterimReport
from shared.contracts.registry import EVENTS
from shared.examples import BY_EVENT
from shared.examples.dossier import dossier
from shared.kernel.decision import State
from shared.kernel.memory.store import MemoryStore
from shared.kernel.memory.system import MemorySystem
from shared.kernel.messages import MessageRecord
from shared.kernel.personal import PersonalFields, personal_fields
from shared.kernel.timeline import timeline
from shared.yaml import parse_yaml, write_yaml
from tests.support.life import entry_acknowledged
from tests.unit.cases.test_legal_cases import CASES

S = TypeVar("S", bound=State)
DOSSIER = "ELAN-ZORGLUB-7"


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts of several words in a JSON value: names, titles, descriptions, motives."""
    if isinstance(value, str) and " " in value:
        yield value
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


# The values of a case, and those of a dossier full of names in their place.
NAMES = {
    "CAS": DOSSIER,
    "Renseigné": "Texte de Mme Zorglub",
    "76540": "76217",
    "76573991749305": "51037643738412",
    **{
        text: f"M. Zorglub, {text}"
        for example in BY_EVENT.values()
        for text in _texts(example(dossier()))
    },
    **{name: f"Zorglub {name}" for name in ("École 1", "Partenaire 1", "Médiathèque", "Commune")},
    **{f"{kind} {n}": f"Zorglub {kind} {n}" for kind in ("priorité", "membre") for n in (1, 2, 3)},
    **{f"C{number}": f"ZORGLUB-{number}" for number in (1, 2, 3)},
    **{f"{letter}{n}": f"ZORGLUB:{letter}{n}" for letter in "AKMR" for n in range(1, 10)},
}
COPIED = (TEXT, TEXTS)
ALIASED = {*NUMBERED, *LISTS, *PAIRS, *SPECIAL}
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def test_no_personal_field_is_copied_into_a_case() -> None:
    personal = {name for event in EVENTS for name in _leaves(personal_fields(event.model))}
    copied = {field.path.rpartition(".")[2] for field in _fields() if field.codec in COPIED}

    assert {"motive", "legal_ground", "members_present"} <= personal
    assert {"order_id", "members_present"} <= copied
    assert copied & personal <= ALIASED


def _leaves(fields: PersonalFields) -> Iterator[str]:
    for name, inner in fields.items():
        if inner is None:
            yield name
        else:
            yield from _leaves(inner)


def _fields() -> Iterator[Field]:
    """Yield every field of a case: of follow-ups, and of tables in the two modules."""
    tables = [*vars(event_fields).values(), *vars(dossier_fields).values()]
    tables += [follow_up.fields for follow_up in event_fields.FOLLOW_UPS]
    for table in tables:
        for field in table if isinstance(table, tuple) else (table,):
            if isinstance(field, Field):
                yield field


@pytest.mark.parametrize("name", CASES)
async def test_a_dossier_full_of_names_becomes_a_case_with_the_same_answers(name: str) -> None:
    case = CASES[name]

    exported = await _exported(case)

    text = write_yaml(exported)
    assert parse_yaml(text, name) == exported
    assert not re.search("zorglub|51037643738412|76217|ELAN-", text, re.IGNORECASE), text
    again = await answers(exported)
    assert list(compare(exported["attendu"], again)) == [], text
    expected = {q: answer for q, answer in case["attendu"].items() if q not in OF_THE_CAF}
    assert list(compare(expected, again)) == [], text


async def test_a_dossier_that_was_never_submitted_gives_no_case() -> None:
    with pytest.raises(CaseError, match="n’a jamais reçu ce dossier"):
        export_case([], DossierContext())


async def test_the_case_of_a_default_dossier_is_short() -> None:
    case = {"nom": "x", "période": "2025-2026", "ensuite": ["comité"], "attendu": {}}

    exported = await _exported(case)

    assert exported["nom"] == "Cas tiré d’un dossier de 2025-2026"
    assert "étant donné" not in exported
    assert exported["ensuite"] == ["comité"]
    assert exported["attendu"]["Ps"] == "2 758,25"


async def _exported(case: Case) -> dict[str, Any]:
    async with run_events(_with_names(case)) as system:
        records = {name: _records(store) for name, store in system.stores.items()}
        return export_case(timeline(DOSSIER, records), _context(system))


def _with_names(case: Case) -> Iterator[Event]:
    for name, data in events(case):
        text = QUOTED.sub(_renamed, json.dumps(data, ensure_ascii=False))
        yield name, json.loads(text)


def _renamed(quoted: re.Match[str]) -> str:
    return json.dumps(NAMES.get(quoted[1], quoted[1]), ensure_ascii=False)


def _records(store: MemoryStore) -> list[MessageRecord]:
    """Return the records that the read API would return for the dossier."""
    return [
        replace(record, outputs=tuple(o for o in record.outputs if o.subject in {DOSSIER, None}))
        for record in sorted(store.records.values(), key=lambda record: record.handled_at)
        if DOSSIER in record.dossier_ids
    ]


def _context(system: MemorySystem) -> DossierContext:
    campaigns = _states(system, "submission", Campaign)
    reports = [r for r in _states(system, "submission", InterimReport) if r.school_year != "x"]
    return DossierContext(
        campaign=campaigns[0].opened if campaigns else None,
        report_received_on=reports[0].received_on if reports else None,
        baremes={b.start_year: b.bareme for b in _states(system, "funding", PublishedBareme)},
    )


def _states(system: MemorySystem, service: str, model: type[S]) -> list[S]:
    documents = system.stores[service].documents(model.collection)
    return [model.model_validate_json(orjson.dumps(each)) for each in documents]


async def test_the_replies_of_accounting_systems_are_no_part_of_a_case() -> None:
    steps = ["comité", "convention", {"acompte": {"montant": "700,00"}}]
    case = {"nom": "x", "période": "2025-2026", "ensuite": steps, "attendu": {}}
    async with run_events(_with_names(case)) as system:
        (entry,) = _states(system, "accounting", Entry)
        reply = entry_acknowledged(entry_id=entry.entry_id, caf=entry.caf)
        system.broker.publish(_message(99, "EntryAcknowledged", reply.model_dump(mode="json")))
        await system.wait_until_idle()
        records = {name: _records(store) for name, store in system.stores.items()}
        exported = export_case(timeline(DOSSIER, records), _context(system))

    assert "EntryAcknowledged" in {entry.name for entry in timeline(DOSSIER, records)}
    names = [step if isinstance(step, str) else next(iter(step)) for step in exported["ensuite"]]
    assert names == ["comité", "convention", "acompte"]


def test_every_event_that_partners_send_about_a_dossier_can_be_written_in_a_case() -> None:
    others = {*INTERNAL_PRODUCERS, "accounting system"}
    sent = {spec.name for spec in EVENTS if spec.producer not in others}

    assert sent - FOLLOW_UPS.keys() == {"CampaignOpened", "DossierSubmitted"}
