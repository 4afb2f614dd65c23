"""A refusal says what is expected, in the words of the contract and not of the validator."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from shared.contracts.common import ShapeError
from shared.contracts.envelope import InvalidMessageError, decode_at_intake
from shared.contracts.event_file import RawEvent, validate
from shared.contracts.registry import BY_NAME
from shared.kernel.settings import Settings
from shared.partner_kit.sample import read_samples
from shared.partner_kit.unknown_fields import unknown_fields
from tests.contract.bending import MISSING, envelope, replaced, written
from tests.contract.corpus import CORPUS

JARGON = re.compile(
    r"Input should|Field required|Value error|valid (string|integer|boolean|list|tuple|dict)"
    r"|String should|pattern|at (least|most) \d+ items?|function-|tuple|\bdict|pydantic"
    r"|instance of|\[key\]|Literal|\bNone\b|\bstr\b|\bint\b|greater than|less than"
    r"|too_short|regex|\^\["
)


ELAN = (
    "'elan' is no known code; the nearest is 'ELAN', all are: ELAN, courrier, courriel, guichet,"
    " autre"
)


def refusals() -> Iterator[tuple[str, ShapeError]]:
    """Yield every error of every invalid message of the kit and of the corpus."""
    bodies = {sample.name: sample.bytes({}) for sample in read_samples() if not sample.valid}
    bodies |= {bad.name: bad.body for bad in CORPUS}
    for name, body in bodies.items():
        yield from ((name, error) for error in errors_of(body))


def errors_of(body: bytes) -> tuple[ShapeError, ...]:
    try:
        decode_at_intake(body)
    except InvalidMessageError as fault:
        return fault.errors
    return ()


def errors_at(where: str, value: Any, event: str = "DossierSubmitted") -> dict[str, str]:
    """Return the message of each error of an event with one field replaced, by path."""
    errors = errors_of(written(replaced(envelope(event), where, value)))
    return {error.path: error.message for error in errors}


def test_no_refusal_has_the_words_of_the_validator() -> None:
    errors = list(refusals())

    assert len(errors) > 300
    assert [(n, e.path, e.message) for n, e in errors if JARGON.search(e.path + e.message)] == []


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        ("caf", 761, "expected text (the code of a departmental fund, 761 for Seine-Maritime)"),
        ("caf", "76", "expected text (the code of a departmental fund, 761 for Seine-Maritime)"),
        ("collectifs.0.children", 0, "expected a whole number from 1 to 10,000, such as 10"),
        ("collectifs.0.children", "x", "expected a whole number from 1 to 10,000, such as 10"),
        ("collectifs.0.weeks", -1, "expected a whole number from 0 to 1,000,000 (a number of"),
        ("collectifs.0.whole_year", 1, "expected true or false, such as true"),
        ("collectifs.0.starts_on", "2025-02-30", "there is no day 2025-02-30"),
        (
            "collectifs.0.starts_on",
            "2025-02-30T00:00:00",
            'as YYYY-MM-DD, such as "2025-11-04"; \'',
        ),
        ("collectifs.0.starts_on", None, 'such as "2025-11-04"; null was sent'),
        ("gestionnaire.siret", "76573991749306", "check digit is wrong; '76573991749306' was sent"),
        ("form", "2025", 'such as {"id": "clas-national", "version": "2025"}; text was sent'),
        ("multi_year", "2026", 'an object or null, such as {"until": "2027-2028"}; text was sent'),
        ("renews", [], "a letter or digit first) or null; a list was sent"),
        ("project.communes", "76540", 'expected a list, such as ["76540"]; text was sent'),
        (
            "project.title",
            12,
            'may be blank), such as "Un coup de pouce"; a number was sent: put it',
        ),
        ("collectifs", [], "expected 1 to 200 values, 0 were sent"),
        ("collectifs", {}, "expected a list"),
        ("project.charter", [], "expected an object"),
        ("project.coordinator", "Camille", "expected an object or null"),
        ("budget.total_annual_cost", None, 'two decimals, such as "9000.00"; null was sent'),
        ("gestionnaire.kind", "Centre social", "the nearest is 'centre_social', all are: assoc"),
        ("gestionnaire.kind", 3, 'expected one of "association", "commune", "epci", "ccas"'),
        ("channel", "elan", "'elan' is no known code; the nearest is 'ELAN', all are: ELAN, cour"),
        ("project.activities.0", "Numérique", "the nearest is 'numerique'"),
        ("project.activities.0", "aide aux devoirs", "the nearest is 'aide_aux_devoirs'"),
        (
            "project.objectives.axe-e1",
            "Action",
            "'axe-e1' is no known code; the nearest is 'AXE-E1'",
        ),
        ("project.communes.0", "Saint-Paul", "'Saint-Paul' is no INSEE code of a commune: five di"),
        ("collectifs.0.grades.0", "cm1", "the nearest is 'CM1'"),
        ("gestionnaire.name", "…", "expected a name: at least one letter or digit"),
    ],
)
def test_a_message_says_what_is_expected(where: str, value: Any, message: str) -> None:
    errors = errors_at(f"data.{where}", value)

    assert errors.keys() == {f"data.{where}"}
    assert message in errors[f"data.{where}"]


@pytest.mark.parametrize(
    ("where", "value", "note"),
    [
        ("collectifs.0.starts_on", "29/09/2025", "'29/09/2025' was sent: write \"2025-09-29\""),
        ("collectifs.0.starts_on", "4.11.2025", "'4.11.2025' was sent: write \"2025-11-04\""),
        ("collectifs.0.starts_on", 20251104, '20251104 was sent: write "2025-11-04"'),
        ("collectifs.0.starts_on", "31/02/2025", "'31/02/2025' was sent"),
        ("collectifs.0.starts_on", "2025-11-03T23:00:00Z", "'2025-11-03T23:00:00Z' was sent"),
        ("signed_at", "2025-07-10", "'2025-07-10' was sent without a time of day"),
        (
            "signed_at",
            "2025-12-10T09:30:00",
            'was sent without an offset: did you mean "2025-12-10T09:30:00+01:00"?',
        ),
        (
            "gestionnaire.siret",
            "765 739 917 49305",
            "'765 739 917 49305' was sent: write \"76573991749305\"",
        ),
        (
            "gestionnaire.siret",
            76573991749305,
            '76573991749305 was sent: put it in quotes, "76573991749305"',
        ),
        ("gestionnaire.siret", "765739917", "'765739917' was sent"),
        ("caf", 761, '761 was sent: put it in quotes, "761"'),
        ("school_year", "2025/26", "'2025/26' was sent: write \"2025-2026\""),
        ("school_year", "2025/28", "'2025/28' was sent"),
        ("budget.total_annual_cost", "8000,00", "'8000,00' was sent: write \"8000.00\""),
        ("budget.total_annual_cost", "1\u202f234,5 €", 'was sent: write "1234.50"'),
        ("budget.total_annual_cost", "8,000.00", "'8,000.00' was sent: write \"8000.00\""),
        ("budget.total_annual_cost", "8,000", "'8,000' was sent"),
        ("budget.total_annual_cost", "8000", "'8000' was sent: write \"8000.00\""),
        ("budget.total_annual_cost", 8000.0, '8000.0 was sent: write "8000.00"'),
        ("budget.total_annual_cost", "-5.00", "'-5.00' was sent"),
        ("budget.total_annual_cost", True, "true was sent"),
        ("budget.total_annual_cost", "9" * 200, f"{'9' * 100!r} was sent"),
        ("collectifs.0.home_share", "50", "'50' was sent: did you mean \"0.5\"?"),
        ("collectifs.0.home_share", "25 %", "'25 %' was sent: did you mean \"0.25\"?"),
        ("collectifs.0.home_share", 0.25, '0.25 was sent: put it in quotes, "0.25"'),
        ("collectifs.0.home_share", "101", "'101' was sent"),
        ("collectifs.0.children", "10", "'10' was sent: write 10"),
        ("collectifs.0.children", "0", "'0' was sent"),
        ("collectifs.0.whole_year", "oui", "'oui' was sent: write true"),
        ("project.communes.0", 1234, '1234 was sent: write "01234"'),
    ],
)
def test_a_message_says_what_was_sent_and_what_to_write(where: str, value: Any, note: str) -> None:
    (message,) = errors_at(f"data.{where}", value).values()

    assert message.endswith(note)
    assert ("such as" in message) is not any(verb in note for verb in ("write", "mean", "quotes"))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("project.coordinator.name", ["Camille Durand"]),
        ("project.coordinator.name", 612345678),
        ("project.coordinator", "Camille Durand, 612345678"),
        ("project.partners", "Camille Durand, 612345678"),
        ("project.schools.0", 612345678),
    ],
)
def test_no_message_repeats_what_may_be_about_a_person(where: str, value: Any) -> None:
    (message,) = errors_at(f"data.{where}", value).values()

    assert "Durand" not in message.partition(", such as")[0] + message.rpartition(";")[2]
    assert "612345678" not in message


def test_the_only_value_is_not_its_own_example() -> None:
    assert errors_at("specversion", "0.3") == {"specversion": "expected \"1.0\"; '0.3' was sent"}
    assert errors_at("specversion", 1.0) == {
        "specversion": 'expected "1.0"; 1.0 was sent: put it in quotes, "1.0"'
    }


@pytest.mark.parametrize(
    ("where", "value", "meant"),
    [
        ("channel", "email", "courriel"),
        ("channel", "E-mail", "courriel"),
        ("channel", "fax", None),
        ("gestionnaire.kind", "mairie", "commune"),
        ("gestionnaire.kind", "fondation", None),
        ("gestionnaire.kind", "sociale", None),
        ("collectifs.0.place_type", "gymnase", None),
        ("collectifs.0.place_type", "école", "scolaire"),
        ("collectifs.0.grades.0", "sixième", "6e"),
        ("collectifs.0.grades.0", "6ème", "6e"),
        ("collectifs.0.grades.0", "1ère", "1re"),
        ("collectifs.0.grades.0", "CM3", None),
        ("collectifs.0.grades.0", "C", None),
        ("collectifs.0.grades.0", "", None),
        ("project.school_level", "primaire", None),
        ("project.activities.0", "Culture", "culturelle"),
        ("project.objectives.E1", "Action", "AXE-E1"),
        ("project.objectives.AXE-E01", "Action", "AXE-E1"),
        ("project.objectives.AXE-E6", "Action", None),
    ],
)
def test_the_nearest_code_is_named_only_where_it_is_near(
    where: str, value: str, meant: str | None
) -> None:
    (message,) = errors_at(f"data.{where}", value).values()

    assert ("the nearest is" in message) is (meant is not None)
    assert f"; the nearest is {meant!r}, all are: " in message or meant is None
    assert "all are: " in message


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("2a004", "2A004"), ("76540 ", "76540"), ("76 540", "76540"), ("1234", "01234")],
)
def test_a_variant_of_a_commune_names_its_code(sent: str, meant: str) -> None:
    assert errors_at("data.project.communes.0", sent) == {
        "data.project.communes.0": (
            f"{sent!r} is no INSEE code of a commune: five digits, or 2A or 2B and three digits;"
            f" the nearest is {meant!r}"
        )
    }


def test_an_unknown_type_names_the_three_nearest_and_no_internal_event() -> None:
    document = replaced(envelope("ExerciseClosed"), "type", "fr.caf.clas.ClosingContinue.v1")

    (error,) = errors_of(written(document))

    assert error.message == (
        "unknown event type 'fr.caf.clas.ClosingContinue.v1'; the nearest known one is"
        " 'fr.caf.clas.ClosingCompleted.v1' (routing key ClosingCompleted.v1.<caf>), then"
        " 'fr.caf.clas.ClosingRefused.v1' and 'fr.caf.clas.ConventionSigned.v1';"
        " docs/contract.md lists all"
    )


def test_a_misspelt_field_is_named_with_the_field_that_was_meant() -> None:
    document = envelope()
    collectif = document["data"]["collectifs"][0]
    collectif["forcast_cost"] = collectif.pop("forecast_cost")

    (error,) = errors_of(written(document))

    assert error.path == "data.collectifs.0.forecast_cost"
    assert error.message == "missing; 'forcast_cost' is unknown: did you mean 'forecast_cost'?"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("signedOn", "signed_on"),
        ("SIGNED-ON", "signed_on"),
        ("signed", "signed_on"),
        ("signed_date", None),
        ("x", None),
    ],
)
def test_intake_and_the_offline_check_propose_the_same_field(sent: str, meant: str | None) -> None:
    document = replaced(envelope("ConventionSigned"), "data.signed_on", MISSING)
    document["data"][sent] = "2025-10-20"

    (error,) = errors_of(written(document))
    proposed = dict(unknown_fields(document, BY_NAME["ConventionSigned"]))

    assert ("did you mean 'signed_on'" in error.message) is (meant is not None)
    assert proposed == {f"data.{sent}": meant}


def test_a_missing_field_says_what_it_holds() -> None:
    assert errors_at("data.signed_on", MISSING, "ConventionSigned") == {
        "data.signed_on": (
            'missing; expected text (a date of 1900 to 2099, 2025-07-10), such as "2025-10-20"'
        )
    }


def test_the_alternatives_of_a_field_are_told_once() -> None:
    errors = errors_of(
        written(replaced(envelope("CommitteeDecided"), "data.criteria", {"diagnosis": 5}))
    )

    (error,) = errors
    assert error.path == "data.criteria.diagnosis"
    assert error.message.startswith("expected text (")
    assert " or true or false or null" in error.message


def test_what_is_wrong_with_a_text_hides_no_other_alternative() -> None:
    assert errors_at("data.criteria", {"charter": "a\x00b"}, "CommitteeDecided") == {
        "data.criteria.charter": "control character U+0000 is not allowed"
    }
    assert errors_at("data.caf", "76\n") != {}


def test_a_field_is_known_by_its_name_of_the_wire_only() -> None:
    period = {"from_": "2024-01-01", "to": "2027-12-31"}

    assert errors_at("data.gestionnaire.centre_social_agrement", period) == {
        "data.gestionnaire.centre_social_agrement.from": (
            "missing; 'from_' is unknown: did you mean 'from'?"
        )
    }


@pytest.mark.parametrize(
    ("event", "where", "value", "path", "message"),
    [
        (
            "DossierSubmitted",
            "data.bonus_requests.0.collectifs",
            ["C1", "C1"],
            "data.bonus_requests.0.collectifs.1",
            "bonus repeated: enfants C1",
        ),
        (
            "AmendmentDecided",
            "data.collectifs",
            ["C1", "C2", "C1", "C2"],
            "data.collectifs.2",
            "collectif_id repeated: C1, C2",
        ),
        (
            "ResultAccountFiled",
            "data.collectifs.0.bonus_done",
            ["parents", "parents"],
            "data.collectifs.0.bonus_done.1",
            "bonus repeated: parents",
        ),
    ],
)
def test_a_repetition_has_the_path_of_the_second_value(
    event: str, where: str, value: Any, path: str, message: str
) -> None:
    assert errors_at(where, value, event) == {path: message}


def test_a_collectif_that_is_repeated_is_named_by_its_place() -> None:
    document = envelope()
    document["data"]["collectifs"] *= 2

    (error,) = errors_of(written(document))

    assert error.path == "data.collectifs.1.collectif_id"
    assert error.message == "collectif_id repeated: C1"


BARE_DATA = "missing; this looks like the data of an event: put it in `data`"


def test_data_without_its_envelope_is_recognised() -> None:
    errors = errors_of(written(envelope("ConventionSigned")["data"]))

    assert [error.path for error in errors] == [
        *("type", "specversion", "id", "source", "time", "data")
    ]
    assert errors[1].message == 'missing, such as "1.0"'
    assert errors[-1].message == BARE_DATA


def test_data_beside_the_attributes_is_recognised() -> None:
    document = envelope("ConventionSigned")
    document |= document.pop("data")

    assert [(e.path, e.message) for e in errors_of(written(document))] == [("data", BARE_DATA)]


def test_what_is_no_data_lacks_its_type_alone() -> None:
    assert [error.path for error in errors_of(b'{"x": 1}')] == ["type"]


def test_a_file_is_told_the_same() -> None:
    body = json.dumps(replaced(envelope(), "data.channel", "elan")).encode()

    _, faults = validate(
        [RawEvent(1, body)], bytes_max=Settings().body_bytes_max, from_anyone=False
    )

    assert [str(fault) for fault in faults] == [f"line 1: data.channel: {ELAN}"]
