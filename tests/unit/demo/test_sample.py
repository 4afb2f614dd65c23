"""The committed campaign: what it holds, and that its generator makes it."""

import json
from collections import Counter
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest

from services.cli.demo.phases import PHASES
from services.cli.demo.sample import FILE, campaign
from shared.contracts.envelope import InvalidMessageError, decode
from tests.tools.campaign import roster
from tests.tools.campaign.generate import lines, main
from tests.tools.campaign.organisations import organisations

Event = dict[str, Any]


def text() -> bytes:
    return files("services.cli.demo").joinpath(FILE).read_bytes()


def events(name: str) -> list[Event]:
    read = [json.loads(line) for line in text().splitlines()]
    return [event for event in read if event["type"] == f"fr.caf.clas.{name}.v1"]


def test_the_committed_file_is_what_its_generator_makes() -> None:
    assert text() == b"".join(line + b"\n" for line in lines())


def test_the_generator_writes_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    main()
    assert capfdbinary.readouterr().out == text()


def test_phases_come_in_their_order_and_hold_all_801_messages() -> None:
    batches = campaign()
    assert [batch.phase for batch in batches] == list(PHASES)
    assert sum(len(batch.messages) for batch in batches) == 801


def test_what_travels_is_the_line_itself() -> None:
    first = campaign()[0].messages[0]
    assert first.body == text().splitlines()[0]
    assert first.routing_key == "CampaignOpened.v1.761"
    assert first.id == json.loads(first.body)["id"]


def test_no_two_messages_share_an_id() -> None:
    counts = Counter(message.id for batch in campaign() for message in batch.messages)
    assert counts.most_common(1)[0][1] == 1


def test_three_messages_have_no_form_and_all_others_do() -> None:
    shapeless = []
    for line in text().splitlines():
        try:
            decode(line)
        except InvalidMessageError as fault:
            shapeless.append((fault.dossier_id, [error.path for error in fault.errors]))
    assert shapeless == [
        ("DEMO-76-2025-016", ["data.gestionnaire.siret"]),
        ("DEMO-76-2025-088", ["data.collectifs.0.forecast_cost"]),
        ("DEMO-76-2025-062", ["data.amount"]),
    ]


def test_132_dossiers_come_from_110_gestionnaires_of_five_kinds() -> None:
    filed = [e["data"] for e in events("DossierSubmitted") if e["demophase"] == "depots"]
    kinds = Counter(gestionnaire.kind for gestionnaire in organisations())
    assert len({data["dossier_id"] for data in filed}) == 132
    assert kinds == {
        "association": 52,
        "commune": 22,
        "centre_social": 20,
        "ccas": 9,
        "epci": 7,
    }


def test_gestionnaires_are_invented_and_each_is_known_by_one_name() -> None:
    made = organisations()
    assert all(gestionnaire.siret.startswith("000") for gestionnaire in made)
    assert (
        len({gestionnaire.siret for gestionnaire in made})
        == len({gestionnaire.name for gestionnaire in made})
        == 110
    )


def test_dossiers_are_as_varied_as_real_ones() -> None:
    filed = [e["data"] for e in events("DossierSubmitted") if e["demophase"] == "depots"]
    sizes = {len(data["collectifs"]) for data in filed}
    levels = {data["project"]["school_level"] for data in filed}
    communes = {code for data in filed for code in data["project"]["communes"]}
    costs = [
        g["forecast_cost"]
        for data in filed
        for g in data["collectifs"]
        if "," not in g["forecast_cost"]
    ]
    above = sum(Decimal(cost) > 8487 for cost in costs)
    small = [
        g for d in filed if d["project"]["rural"] for g in d["collectifs"] if g["children"] < 8
    ]
    assert sizes == {1, 2, 3, 4, 5}
    assert levels == {"elementaire", "college", "lycee"}
    assert len(communes) > 30
    assert {code[:2] for code in communes} == {"76"}
    assert {"76540", "76351", "76217"} <= communes
    assert len(costs) / 3 < above < len(costs)
    assert len(small) > 5
    assert sum(data["multi_year"] is not None for data in filed) > 60
    assert sum(data["renews"] is not None for data in filed) > 15


def test_one_dossier_in_six_has_a_mistake() -> None:
    mistaken = {
        *roster.NEVER_ASSESSED,
        *roster.COMPLETED,
        roster.CORRECTED,
        *roster.HELD_AND_FREED,
        *roster.INELIGIBLE,
        roster.PARTLY_ELIGIBLE,
    }
    assert len(mistaken) == 23


def test_the_report_that_frees_two_dossiers_is_of_their_common_gestionnaire() -> None:
    (late,) = [e for e in events("InterimReportReceived") if e["demophase"] == "complements"]
    held = {f"DEMO-76-2025-{number:03}" for number in roster.HELD_AND_FREED}
    of_the_held = {
        event["data"]["gestionnaire"]["siret"]
        for event in events("DossierSubmitted")
        if event["data"]["dossier_id"] in held
    }
    assert of_the_held == {late["data"]["siret"]}


def test_nobody_waits_for_a_report_but_the_three_that_should() -> None:
    reported = {
        e["data"]["siret"] for e in events("InterimReportReceived") if e["demophase"] == "ouverture"
    }
    waiting = {
        event["data"]["dossier_id"]
        for event in events("DossierSubmitted")
        if event["data"]["previous_clas"]
        and event["data"]["gestionnaire"]["siret"] not in reported
        and event["demophase"] == "depots"
        and event["data"]["dossier_id"] != "DEMO-76-2025-016"
    }
    assert waiting == {"DEMO-76-2025-049", "DEMO-76-2025-050", "DEMO-76-2025-096"}
