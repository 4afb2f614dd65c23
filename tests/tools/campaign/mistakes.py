"""Mistakes and special cases, each a function that changes the data of a valid dossier.

`roster` says which dossier has which.
"""

from collections.abc import Callable

from tests.tools.campaign.collectifs import GRADES
from tests.tools.campaign.dossiers import Json, dossier_id
from tests.tools.campaign.texts import BRANCH_FUNDER

Mistake = Callable[[Json], None]


def late(data: Json) -> None:
    """Signed three days after the window [REC-07]."""
    data["signed_at"] = data["deposited_at"] = "2025-09-03T11:20:00+02:00"


def past_midnight(data: Json) -> None:
    """Signed on 31 August by universal time, on 1 September in Paris [REC-07]."""
    data["signed_at"] = "2025-08-31T22:30:00Z"


def just_in_time(data: Json) -> None:
    """Signed a quarter of an hour before the window ends, on the clocks of Paris."""
    data["signed_at"] = "2025-08-31T21:45:00Z"


def unsigned(data: Json) -> None:
    """Saved, never validated by the signatory [REC-08]."""
    data["signed_at"] = None


def old_form(data: Json) -> None:
    """The form of the year before [REC-04]."""
    data["form"]["version"] = "2024"


def by_email(data: Json) -> None:
    """Sent by e-mail [REC-02]."""
    data["channel"] = "courriel"


def covered(data: Json) -> None:
    """Renews a project whose agrement still covers the year [REC-11]."""
    data["renews"] = dossier_id(1, 2024)


def parents_left_blank(data: Json) -> None:
    """A space where the actions with the parents belong [REC-15]."""
    data["project"]["descriptions"]["parents"] = " "


def schools_left_blank(data: Json) -> None:
    """Nothing about the schools [REC-16]."""
    data["project"]["descriptions"]["schools"] = ""


def mixed_levels(data: Json) -> None:
    """A collectif of the last year of primary school and the first of secondary [REC-19]."""
    data["project"]["school_level"] = "elementaire"
    for collectif in data["collectifs"]:
        collectif["grades"] = GRADES["elementaire"][3]
    data["collectifs"][0]["grades"] = ["CM2", "6e"]


def homework_only(data: Json) -> None:
    """Homework help and nothing else [ELI-05, ELI-31]."""
    data["project"]["activities"] = ["aide_aux_devoirs"]


def no_parents_axis(data: Json) -> None:
    """The axis of the parents is not answered [AXE-P1 to AXE-P5]."""
    objectives = data["project"]["objectives"]
    data["project"]["objectives"] = {
        rule: action for rule, action in objectives.items() if not rule.startswith("AXE-P")
    }


def untrained_coordinator(data: Json) -> None:
    """A coordinator without diploma or equivalent experience [ENC-04]."""
    data["project"]["coordinator"] |= {"diploma_level": 3, "equivalent_experience": False}


def thirteen_children(data: Json) -> None:
    """One child too many in the first collectif [ELI-23]."""
    data["collectifs"][0]["children"] = 13


def twenty_six_weeks(data: Json) -> None:
    """One week too few, in every collectif [ELI-27]."""
    for collectif in data["collectifs"]:
        collectif["weeks"] = 26


def own_branch_only(data: Json) -> None:
    """No funder outside the branche Famille [COF-01]."""
    for resource in data["budget"]["resources"]:
        resource |= {"branche_famille": True, "funder": BRANCH_FUNDER}


def mistyped_siret(data: Json) -> None:
    """The last digit of the SIRET is wrong: a schema error."""
    siret = data["gestionnaire"]["siret"]
    data["gestionnaire"] = data["gestionnaire"] | {
        "siret": siret[:-1] + str((int(siret[-1]) + 1) % 10)
    }


def decimal_comma(data: Json) -> None:
    """A cost as a person writes it in France: a schema error."""
    data["collectifs"][0]["forecast_cost"] = "8750,50"


def single_weekly_session(data: Json) -> None:
    """In town, premises for one long session a week only: the committee may allow it [DER-05]."""
    data["project"]["rural"] = False
    first = data["collectifs"][0]
    for collectif in data["collectifs"]:
        collectif |= {"children": max(collectif["children"], 8), "intervenants": 2}
        collectif |= {"sessions_per_week": 2, "minutes_per_session": 90}
    first |= {"sessions_per_week": 1, "minutes_per_session": 120, "premises_constraint": True}


def owes_its_report(data: Json) -> None:
    """Ran a Clas the year before, and has not sent its interim report [REC-09]."""
    data["previous_clas"] = True
    data["gestionnaire"] = data["gestionnaire"] | {"supported_since": "2022-2023"}


def blank_bonus(data: Json) -> None:
    """A bonus without its specific project: it counts as not requested [BON-06]."""
    ids = [collectif["collectif_id"] for collectif in data["collectifs"]]
    data["bonus_requests"] = [{"kind": "parents", "collectifs": ids, "description": " "}]


def high_fee(data: Json) -> None:
    """A fee that is more than symbolic, for a person to examine [ELI-12b]."""
    data["project"]["fee_per_child_year"] = "45.00"


class FinancedByBranch:
    """A project funded mostly by the branche Famille, above the 80 % cap [COF-02]."""

    def __init__(self, *, count: int, percent: int) -> None:
        self._count, self._percent = count, percent

    def __call__(self, data: Json) -> None:
        """Set `count` collectifs at 9 000 euros, both bonuses, and `percent` paid by the branch."""
        model, total = data["collectifs"][0], 9_000 * self._count
        data["collectifs"] = [
            model | {"collectif_id": f"C{rank}", "forecast_cost": "9000.00"}
            for rank in range(1, self._count + 1)
        ]
        ids = [collectif["collectif_id"] for collectif in data["collectifs"]]
        data["bonus_requests"] = [
            {"kind": "enfants", "collectifs": ids, "description": "Création d'un spectacle."},
            {"kind": "parents", "collectifs": ids, "description": "Université des parents."},
        ]
        branch_amount = total * self._percent // 100
        data["budget"] = {
            "total_annual_cost": f"{total}.00",
            "resources": [
                {"funder": "Commune", "branche_famille": False, "amount": f"{total // 20}.00"},
                {"funder": BRANCH_FUNDER, "branche_famille": True, "amount": f"{branch_amount}.00"},
            ],
        }
