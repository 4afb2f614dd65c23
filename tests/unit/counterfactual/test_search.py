"""The search for the smallest sets of changes, on a goal that depends on the message only."""

from collections.abc import Sequence

import pytest

from shared.contracts.elan import DossierSubmitted
from shared.counterfactual.search import Change, Counterfactual, Goal, Trial, minimal_changes
from tests.support import samples

TRIAL = Trial(samples.dossier(), {})
FIELDS = ("children", "parents", "schools", "local_resources")


def describing(field: str, text: str = "décrit") -> Change:
    return Change(f"{field} {text}", ((("project", "descriptions", field), text),))


def described(*fields: str) -> Goal:
    def goal(trial: Trial) -> bool:
        assert isinstance(trial.data, DossierSubmitted)
        descriptions = trial.data.project.descriptions
        return all(getattr(descriptions, field) == "décrit" for field in fields)

    return goal


def sentences(candidates: Sequence[Change], goal: Goal) -> list[list[str]]:
    results = minimal_changes(TRIAL, Counterfactual(candidates, goal))
    return [[change.sentence for change in changes] for changes in results]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_only_the_needed_changes_are_returned(size: int) -> None:
    candidates = [describing(field) for field in FIELDS]
    candidates += [describing(field, "autre") for field in FIELDS[:1]]

    (result,) = sentences(candidates[::-1], described(*FIELDS[:size]))

    assert sorted(result) == sorted(f"{field} décrit" for field in FIELDS[:size])


def test_at_most_three_alternatives_of_the_same_size_are_returned() -> None:
    changes = [Change(str(number), ((("channel",), str(number)),)) for number in range(5)]

    assert sentences(changes, lambda trial: trial.data != TRIAL.data) == [["0"], ["1"], ["2"]]


def test_changes_with_the_same_effect_are_tried_once() -> None:
    again = Change("autrement dit", describing("parents").edits)

    assert sentences([describing("parents"), again], described("parents")) == [["autrement dit"]]


def test_nothing_is_returned_when_all_changes_together_fail() -> None:
    assert sentences([describing("parents")], described("children")) == []


def test_a_decision_that_reads_beyond_its_receipt_fails_the_trial() -> None:
    def goal(_trial: Trial) -> bool:
        raise KeyError("dossiers D-1")

    assert sentences([describing("parents")], goal) == []


def test_an_edit_replaces_a_value_inside_a_tuple() -> None:
    change = Change("", ((("collectifs", 0, "children"), 12),))

    data = TRIAL.after([change]).data

    assert isinstance(data, DossierSubmitted)
    assert data.collectifs[0].children == 12
