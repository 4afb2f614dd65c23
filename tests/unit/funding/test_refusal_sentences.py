"""The French sentences of refusals that several requests share, each with its own clause."""

from collections.abc import Callable
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from services.funding.domain import (
    advance_rules,
    advances,
    balance_rules,
    balances,
    cancellation_rules,
    cancellations,
    control_rules,
    controls,
    renewal_rules,
    reversal_rules,
    reversals,
)
from services.funding.domain.common_rules import no_grant
from shared.kernel.decision import Finding
from shared.kernel.requests import Once, Owner
from shared.kernel.rules import breach

REQUEST: Any = SimpleNamespace(
    dossier_id="D-1",
    school_year="2025-2026",
    caf="762",
    order_id="ordre-1",
    reversal_id="annulation-1",
    control_id="controle-1",
)
AGREMENT = SimpleNamespace(caf="761", school_year="2025-2026")
SETTLED = SimpleNamespace(filed_on=date(2026, 9, 15), content="other")
GRANT: Any = SimpleNamespace(agrement=AGREMENT, settlement=SETTLED, cancellation=SETTLED)
CONTEXT: Any = SimpleNamespace(
    agrement=AGREMENT,
    grant=GRANT,
    order=REQUEST,
    reversal=REQUEST,
    filed=REQUEST,
    control=REQUEST,
    accepted=SimpleNamespace(content="other"),
)
MESSAGE: Any = SimpleNamespace(data=REQUEST)
OF_762 = "de la Caf 762, mais le dossier relève de la Caf 761."
NOT_GRANTED = "Le financement du dossier D-1 pour 2025-2026 n'est pas accordé : "
CLOSED = "L'année scolaire 2025-2026 est soldée sur les comptes du 15/09/2026 : "


class Nothing:
    """States of which none exists."""

    def get(self, *_: object) -> None:
        """Return no state."""


NOTHING: Any = Nothing()


def refused_by(
    requirements: tuple[Any, ...], kind: type[Once[Any] | Owner[Any]]
) -> Callable[[], Finding | None]:
    """Return the evaluation of the one requirement of this kind."""

    def evaluate() -> Finding | None:
        (requirement,) = [each for each in requirements if isinstance(each, kind)]
        finding: Finding | None = requirement.bound(MESSAGE).evaluate(CONTEXT)
        return finding

    return evaluate


@pytest.mark.parametrize(
    ("refuse", "rule", "message"),
    [
        (
            partial(advances._context, MESSAGE, NOTHING, NOTHING),
            "COM-05",
            f"{NOT_GRANTED}aucun acompte ne peut être versé avant qu'il soit accordé.",
        ),
        (
            partial(balances._context, MESSAGE, NOTHING, NOTHING),
            "COM-05",
            f"{NOT_GRANTED}aucun solde ne peut être calculé.",
        ),
        (
            partial(controls._context, MESSAGE, NOTHING, NOTHING),
            "COM-05",
            f"{NOT_GRANTED}aucun contrôle ne peut rien y changer.",
        ),
        (
            partial(cancellations._context, MESSAGE, NOTHING, NOTHING),
            "COM-05",
            f"{NOT_GRANTED}il n'y a rien à annuler.",
        ),
        (
            partial(reversals._context, MESSAGE, NOTHING, NOTHING),
            "COM-05",
            f"{NOT_GRANTED}il n'y a aucun acompte à annuler.",
        ),
        (refused_by(advance_rules.RULES, Owner), "TEC-03", f"L'ordre vient {OF_762}"),
        (refused_by(balance_rules.RULES, Owner), "TEC-03", f"Les comptes viennent {OF_762}"),
        (refused_by(control_rules.GATES, Owner), "TEC-03", f"Le contrôle vient {OF_762}"),
        (refused_by(renewal_rules.RULES, Owner), "TEC-03", f"Le renouvellement vient {OF_762}"),
        (
            refused_by(cancellation_rules.RULES, Owner),
            "TEC-03",
            f"L'ordre d'annulation vient {OF_762}",
        ),
        (
            refused_by(reversal_rules.RULES, Owner),
            "TEC-03",
            f"L'ordre d'annulation vient {OF_762}",
        ),
        (
            partial(advance_rules._closed, CONTEXT),
            "SOL-02",
            f"{CLOSED}aucun acompte ne peut plus être versé.",
        ),
        (
            partial(cancellation_rules._closed, CONTEXT),
            "SOL-02",
            f"{CLOSED}son financement ne peut plus être annulé.",
        ),
        (
            partial(reversal_rules._closed, CONTEXT),
            "SOL-02",
            f"{CLOSED}aucun acompte ne peut plus y être annulé.",
        ),
        (
            refused_by(advance_rules.GATES, Once),
            "TEC-01",
            (
                "L'ordre ordre-1 a déjà été accepté avec un autre contenu : il ne change plus, un"
                " nouvel"
                " acompte demande un nouvel identifiant."
            ),
        ),
        (
            refused_by(reversal_rules.GATES, Once),
            "TEC-01",
            (
                "L'annulation annulation-1 a déjà été faite avec un autre contenu : elle ne change"
                " plus, une"
                " nouvelle annulation demande un nouvel identifiant."
            ),
        ),
        (
            refused_by(cancellation_rules.GATES, Once),
            "TEC-01",
            (
                "Le financement du dossier D-1 pour 2025-2026 est déjà annulé par une autre"
                " décision :"
                " elle ne change plus."
            ),
        ),
        (
            refused_by(balance_rules.GATES, Once),
            "TEC-01",
            (
                "Le solde du dossier D-1 pour 2025-2026 est déjà arrêté sur d'autres comptes :"
                " il ne"
                " change plus que par un contrôle."
            ),
        ),
        (
            partial(controls._nothing_settled, REQUEST),
            "SOL-02",
            (
                "Aucun solde n'est arrêté pour le dossier D-1 et l'année scolaire 2025-2026 : il"
                " n'y a"
                " rien à redresser."
            ),
        ),
    ],
)
def test_a_refusal_names_its_own_request(
    refuse: Callable[[], Finding | None], rule: str, message: str
) -> None:
    assert refuse() == breach(rule, message)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("deferred", "est encore différé"),
        ("refused", "n'est pas accordé"),
        ("cancelled", "est annulé"),
    ],
)
def test_a_grant_that_is_none_is_named_by_its_status(status: str, words: str) -> None:
    grant: Any = SimpleNamespace(status=status)
    message = f"Le financement du dossier D-1 pour 2025-2026 {words} : rien."

    assert no_grant("D-1", "2025-2026", grant, "rien") == breach("COM-05", message)
