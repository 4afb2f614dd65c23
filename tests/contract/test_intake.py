"""What partners send is checked at intake; what stores and services hold is read as it is.

The first table are files that a stranger would send, each checked by `clas publish --check`.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from services.cli.__main__ import app
from shared.contracts.envelope import InvalidMessageError, decode, decode_at_intake, encode
from shared.contracts.submission import DossierHeld
from shared.examples.changes import value_at
from tests.contract.bending import Raw, envelope, replaced, written
from tests.support import samples

BY_NAME = "'Saint-Paul' is no INSEE code of a commune: five digits, or 2A or 2B and three digits"
FILES = (
    ("soft-hyphen", "data.project.title", "Accompa\u00adgnement", None),
    ("joined-emoji", "data.project.title", "Lire 👩\u200d🏫 ensemble", None),
    ("children-10.0", "data.collectifs.0.children", Raw("10.0"), None),
    ("leap-second", "time", "2016-12-31T23:59:60Z", None),
    (
        "offset-minutes-99",
        "data.signed_at",
        "2025-07-10T09:30:00+00:99",
        "data.signed_at: expected",
    ),
    ("nic-of-zeros", "data.gestionnaire.siret", "20000016400000", "no establishment 00000"),
    ("siren-of-zeros", "data.gestionnaire.siret", "00000000000018", "there is no SIREN 000000000"),
    ("blank-name", "data.gestionnaire.name", " ", "expected a name: at least one letter or digit"),
    ("commune-by-name", "data.project.communes.0", "Saint-Paul", BY_NAME),
)
OLD = {
    "channel": "papier",
    "project.activities.0": "aide aux devoirs",
    "project.communes.0": "Rouen",
    "project.objectives.axe libre": "Action",
    "gestionnaire.name": "",
    "gestionnaire.siret": "20000016400000",
    "budget.resources.0.funder": "",
}
"""What release 0.3.0 accepted."""


@pytest.mark.parametrize(
    ("where", "value", "fault"), [row[1:] for row in FILES], ids=[row[0] for row in FILES]
)
def test_a_file_of_others_has_its_right_verdict(
    where: str, value: Any, fault: str | None, tmp_path: Path
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(written(replaced(envelope(), where, value)) + b"\n")

    result = CliRunner().invoke(app, ["publish", "--check", str(file)])

    assert result.exit_code == (1 if fault else 0), result.output
    if fault:
        assert fault in " ".join(result.stderr.split())
    else:
        assert "1 event in" in result.stdout


@pytest.mark.parametrize(("where", "value"), OLD.items())
def test_a_stored_request_is_read_as_it_is(where: str, value: str) -> None:
    body = written(replaced(envelope(), f"data.{where}", value))

    with pytest.raises(InvalidMessageError):
        decode_at_intake(body)
    stored = decode(body).data.model_dump(mode="json")
    assert value_at(stored, where) == value


def test_a_stored_code_is_trimmed_as_it_was() -> None:
    body = written(replaced(envelope(), "data.project.communes.0", " "))

    with pytest.raises(InvalidMessageError):
        decode_at_intake(body)
    stored = decode(body).data.model_dump(mode="json")
    assert value_at(stored, "project.communes") == [""]


def test_an_event_of_a_service_is_read_as_it_is() -> None:
    document = envelope("DossierReceived")
    for where, value in OLD.items():
        document = replaced(document, f"data.{where}", value)

    data = decode_at_intake(written(document)).data

    assert json.loads(data.model_dump_json())["channel"] == "papier"


def test_what_is_read_at_intake_is_what_was_sent() -> None:
    body = encode(samples.dossier(), id="m-1", source="/elan", time="2025-07-10T09:30:00+02:00")

    data = decode_at_intake(body).data

    assert data == decode(body).data


def test_the_sentence_of_0_3_0_on_what_a_dossier_waits_for_is_read_as_its_code() -> None:
    held = {"caf": "761", "dossier_id": "D-1", "revision": 1}

    for text, code in (
        ("bilan intermédiaire 2024-2025 du gestionnaire", "interim_report"),
        ("campaign", "campaign"),
    ):
        assert DossierHeld.model_validate(held | {"waits_for": text}).waits_for == code
    with pytest.raises(ValidationError):
        DossierHeld.model_validate(held | {"waits_for": "campagne"})
