"""Candidate changes of an advance, an account or a control that is refused."""

from collections.abc import Iterator
from datetime import date, timedelta

from services.funding.counterfactual_grants import whole_report
from services.funding.domain.agrement_amendments import opening_of_accounts
from services.funding.domain.states import Convention, Dossier, Grant
from shared.contracts.caf import AdvanceOrdered, ControlConcluded
from shared.contracts.common import ActualCollectif
from shared.contracts.elan import ResultAccountFiled
from shared.counterfactual.decision import StoredDecision
from shared.counterfactual.search import Change
from shared.french import euros, listed, long_date
from shared.kernel.money import CENT, ZERO


def candidate_changes_of_advance(
    decision: StoredDecision, order: AdvanceOrdered
) -> Iterator[Change]:
    """Yield changes that satisfy the rules which an order of advance violates."""
    grant, violated = decision.first_state(Grant), decision.violated_rules
    if grant is None or grant.funding is None:
        return
    if violated & {"ACO-01", "ACO-03"}:
        yield from _largest_amount(order, grant)
    if "CNV-01" in violated:
        caf = grant.agrement.caf
        yield _signed_convention(decision, caf, order.dossier_id, order.ordered_on, "ordered_on")
    if "CAL-05" in violated:
        decided_on = grant.agrement.decided_on
        sentence = (
            f"ordonner l’acompte à partir de la décision d’agrément, le {long_date(decided_on)}"
        )
        yield Change(sentence, ((("ordered_on",), decided_on),))
    if "ACO-02" in violated:
        first = date(order.exercise, 1, 1)
        sentence = f"ordonner l’acompte à partir du {long_date(first)}"
        yield Change(sentence, ((("ordered_on",), first),))
    if "ACO-04" in violated:
        yield from _matching_exercise(order, (grant.start_year, grant.start_year + 1))
    if "ACO-04" in violated and not order.amount:
        yield Change("ordonner un montant supérieur à zéro", ((("amount",), CENT),))


def candidate_changes_of_accounts(
    decision: StoredDecision, filed: ResultAccountFiled
) -> Iterator[Change]:
    """Yield changes that satisfy the rules which an account violates."""
    grant, violated = decision.first_state(Grant), decision.violated_rules
    if grant is None:
        return
    if "SOL-03" in violated:
        yield whole_report()
        yield from _all_named(filed, grant)
    if "SOL-01" in violated and (dossier := decision.first_state(Dossier)):
        first = opening_of_accounts(grant.agrement, dossier.amendments)
        sentence = f"déposer les comptes à partir du {long_date(first)}"
        yield Change(sentence, ((("filed_on",), first),))
    if "CNV-01" in violated:
        caf = grant.agrement.caf
        yield _signed_convention(decision, caf, filed.dossier_id, filed.filed_on, "filed_on")
    if "COM-04" in violated:
        granted = {c.collectif_id for c in grant.agrement.collectifs}
        accounted = tuple(c for c in filed.collectifs if c.collectif_id in granted)
        edit = (("collectifs",), accounted)
        yield Change("ne rendre compte que des collectifs accordés", (edit,))


def candidate_changes_of_control(
    decision: StoredDecision, concluded: ControlConcluded
) -> Iterator[Change]:
    """Yield the first day on which a control may be decided without an answer [CTL-02]."""
    if "CTL-02" in decision.violated_rules:
        period = timedelta(days=decision.parameters["contradictory_periods"]["days"])
        first = concluded.observations_sent_on + period
        sentence = f"attendre une réponse, ou décider à partir du {long_date(first)}"
        yield Change(sentence, ((("decided_on",), first),))


def _largest_amount(order: AdvanceOrdered, grant: Grant) -> Iterator[Change]:
    """Order the amount that remains below the ceiling of the exercise."""
    assert grant.funding is not None
    if order.exercise == grant.start_year:
        left = grant.funding.advance_ceiling_n - grant.advances_n
    else:
        left = grant.funding.advance_ceiling_n1 - grant.advances_n1
    if left > 0:
        sentence = f"ordonner au plus {euros(left)} au lieu de {euros(order.amount)}"
        yield Change(sentence, ((("amount",), left),))


def _matching_exercise(order: AdvanceOrdered, exercises: tuple[int, int]) -> Iterator[Change]:
    """Order on the exercise of the day: one that has passed takes no order any more."""
    year = order.ordered_on.year
    if year in exercises and order.exercise != year:
        yield Change(f"ordonner l’acompte sur l’exercice {year}", ((("exercise",), year),))


def _all_named(filed: ResultAccountFiled, grant: Grant) -> Iterator[Change]:
    """Name the granted collectifs that the accounts leave out, as ones that did not run."""
    named = {collectif.collectif_id for collectif in filed.collectifs}
    granted = (collectif.collectif_id for collectif in grant.agrement.collectifs)
    if missing := [collectif_id for collectif_id in granted if collectif_id not in named]:
        added = (
            ActualCollectif(collectif_id=id_, ran=False, actual_cost=ZERO, bonus_done=())
            for id_ in missing
        )
        sentence = (
            f"rendre compte aussi des collectifs accordés {listed(missing)}, même sans activité"
        )
        yield Change(sentence, ((("collectifs",), (*filed.collectifs, *added)),))


def _signed_convention(
    decision: StoredDecision, caf: str, dossier_id: str, day: date, field: str
) -> Change:
    """Wait for the signature of the convention, or have one signed by the day of the request."""
    convention = decision.first_state(Convention)
    if convention:
        signed_on = convention.signed_on
        sentence = f"attendre la signature de la convention, le {long_date(signed_on)}"
        return Change(sentence, (((field,), signed_on),))
    signed = Convention(dossier_id=dossier_id, caf=caf, signed_on=day)
    return Change(f"faire signer la convention au plus tard le {long_date(day)}", states=(signed,))
