"""A program that has only the published schemas sends valid events at its first try.

It knows the committed schema files, nothing of the code, the samples or the catalogue of examples.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.envelope import Envelope, decode_at_intake
from shared.contracts.forecasts import FundingForecast
from shared.contracts.registry import BY_NAME, EVENTS
from shared.kernel.memory.system import running
from shared.kernel.messages import OutgoingMessage
from shared.kernel.settings import Settings
from shared.partner_kit.sample import inbound
from tests.support.services import ALL

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "shared" / "contracts" / "schemas"
README_EXAMPLE = ROOT / "docs" / "examples" / "dossier.json"
PARTNERS_SEND = [spec.name for spec in EVENTS if inbound(spec)]
NAMES = {spec.type: spec.name for spec in EVENTS}
Document = dict[str, Any]


def schema_file(event: str) -> Document:
    schema: Document = json.loads((SCHEMAS / f"{event}.v1.json").read_text(encoding="utf-8"))
    return schema


def first_try(event: str) -> Document:
    """Return the event that the examples of its schema make, with an id of its own."""
    properties = schema_file(event)["properties"]
    document = {name: node["examples"][0] for name, node in properties.items()}
    return document | {"id": f"stranger-{event}"}


def least(event: str) -> Document:
    """Return an event with its required fields only, of the first code of each closed list."""
    schema = schema_file(event)
    return {**_least(schema, schema["$defs"]), "id": f"least-{event}"}


def _least(node: Document, definitions: Document) -> Any:
    resolved = definitions[node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    if "enum" in resolved or "const" in resolved:
        return resolved.get("const", resolved.get("enum", [None])[0])
    if "properties" in resolved:
        required = resolved.get("required", ())
        return {name: _least(resolved["properties"][name], definitions) for name in required}
    if resolved.get("type") == "array":
        return node["examples"][0][: resolved.get("minItems", 0)]
    return node["examples"][0]


@pytest.mark.parametrize("event", PARTNERS_SEND)
def test_the_first_try_is_valid(event: str) -> None:
    for document in (first_try(event), least(event)):
        decoded = decode_at_intake(json.dumps(document).encode())

        assert decoded.type == f"fr.caf.clas.{event}.v1"


PATH = (
    ("CampaignOpened", {"CampaignRegistered"}),
    ("EnvelopeAllotted", {"EnvelopeRegistered"}),
    ("DossierSubmitted", {"DossierReceived", "EligibilityAssessed", "FundingForecast"}),
    ("CommitteeDecided", {"AgrementGranted", "FundingGranted"}),
    ("ConventionSigned", {"ConventionRegistered"}),
    ("AdvanceOrdered", {"AdvanceGranted", "AccountingEntryPosted"}),
    ("ResultAccountFiled", {"BalanceSettled", "AccountingEntryPosted"}),
    ("ControlConcluded", {"AdjustmentDecided"}),
)
"""What a stranger sends in turn, and what comes back."""


async def test_the_first_tries_lead_from_the_campaign_to_the_control() -> None:
    async with running(ALL, Settings()) as system:
        for event, answers in PATH:
            events = await answered(system, first_try(event))

            assert {NAMES[each.type] for each in events} == answers, event


async def test_the_example_of_the_readme_can_be_sent_as_it_stands() -> None:
    dossier = json.loads(README_EXAMPLE.read_text(encoding="utf-8"))

    async with running(ALL, Settings()) as system:
        await answered(system, first_try("CampaignOpened"))
        events = await answered(system, dossier)

    verdicts = [getattr(each.data, "verdict", None) for each in events]
    assert [NAMES[each.type] for each in events][:2] == [
        "DossierReceived",
        "EligibilityAssessed",
    ]
    assert verdicts[1] == "eligible"
    (forecast,) = (each.data for each in events if isinstance(each.data, FundingForecast))
    assert forecast.remarks == ()


async def answered(system: Any, document: Document) -> list[Envelope]:
    """Publish an event, and return what the services publish because of it."""
    before = len(system.broker.log)
    event = NAMES[document["type"]]
    key = f"{event}.v1.{document['data'].get('caf', 'national')}"
    body = json.dumps(document).encode()
    system.broker.publish(OutgoingMessage(id=document["id"], routing_key=key, body=body))
    await system.wait_until_idle()
    events = [decode_at_intake(message.body) for message in system.broker.log[before + 1 :]]
    return [each for each in events if not BY_NAME[NAMES[each.type]].internal]
