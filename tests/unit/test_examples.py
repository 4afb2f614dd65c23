"""The catalogue has a valid example of each event that partners send."""

import json
from pathlib import Path

import pytest

from shared.contracts.registry import BY_NAME, EVENTS
from shared.examples import BY_EVENT
from shared.examples.changes import changed
from shared.examples.dossier import dossier, resource
from shared.partner_kit.sample import inbound

README_EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "dossier.json"


def test_each_event_of_a_partner_has_an_example() -> None:
    assert BY_EVENT.keys() == {spec.name for spec in EVENTS if inbound(spec)}


@pytest.mark.parametrize("event", BY_EVENT)
@pytest.mark.parametrize("year", [2021, 2025])
def test_an_example_is_valid_data_of_its_event(event: str, year: int) -> None:
    document = BY_EVENT[event](dossier(year))

    data = BY_NAME[event].model.model_validate_json(json.dumps(document))

    assert data.model_dump(mode="json", exclude_unset=True) == document


def test_the_dossier_of_the_readme_is_that_of_the_catalogue_with_a_balanced_budget() -> None:
    own_funds = {"funder": "Fonds propres", "branche_famille": False, "amount": "2007.75"}
    balanced = changed(dossier(), {"budget.resources": [resource(), own_funds]})

    assert json.loads(README_EXAMPLE.read_text(encoding="utf-8"))["data"] == balanced


def test_an_unknown_path_is_an_error() -> None:
    with pytest.raises(LookupError):
        changed(dossier(), {"project.titel": "x"})
    with pytest.raises(LookupError):
        changed(dossier(), {"collectifs.1.children": 8})
