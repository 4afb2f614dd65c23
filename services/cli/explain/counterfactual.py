"""The smallest change that would alter an outcome, tried on the production decision."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from services.cli.explain.change import Change, Holds, Trial, minimal_changes
from services.cli.explain.decision import StoredDecision
from services.cli.explain.repairs_committee import of_committee
from services.cli.explain.repairs_dossier import of_dossier
from services.cli.explain.repairs_funding import (
    of_accounts,
    of_advance,
    of_cap,
    of_control,
    of_renewal,
    of_waiting,
)
from services.cli.explain.repairs_project import of_project
from shared.contracts.base import WireModel
from shared.contracts.eligibility import CommitteeDecisionRejected, EligibilityAssessed
from shared.contracts.funding import (
    AdjustmentRefused,
    AdvanceRefused,
    BalanceRefused,
    BalanceSettled,
    FundingDeferred,
    FundingGranted,
    FundingRefused,
)
from shared.contracts.submission import ComplementsRequested, DossierRejected
from shared.french import counted

AGAINST = (
    *(DossierRejected, ComplementsRequested, CommitteeDecisionRejected),
    *(FundingDeferred, FundingRefused, AdvanceRefused, BalanceRefused, AdjustmentRefused),
)
"""Answers that some change of the request or of what it stands on might alter."""
NOBODY_KNOWS = "aucun changement de la demande n’y suffit, une personne doit décider."


def minimal_change(decided: StoredDecision) -> tuple[str, ...]:
    """Return, in French, what would alter the outcome; nothing where nothing is against it."""
    return tuple(
        line for event in decided.events for line in _lines(decided, event, decided.event.data)
    )


def _lines(decided: StoredDecision, event: WireModel, data: WireModel) -> Iterator[str]:
    if isinstance(event, AGAINST):
        yield from _told(decided, list(_answers(decided, data)), _without(decided, type(event)))
    elif isinstance(event, EligibilityAssessed) and event.verdict != "eligible":
        wanted = ("eligible",) if event.verdict == "derogation" else ("eligible", "derogation")
        changes = list(of_project(data, event, decided.values))  # type: ignore[arg-type]
        yield from _told(decided, changes, _with_verdict(decided, wanted))
    elif isinstance(event, FundingGranted | BalanceSettled) and event.cap80.excess:
        share = Decimal(decided.values["ceilings"]["branche_famille"])
        changes = list(of_cap(event.cap80, data, share))  # type: ignore[arg-type]
        yield from _told(decided, changes, _uncut(decided))


def _answers(decided: StoredDecision, data: Any) -> Iterator[Change]:
    """Yield the changes that answer what is against a request."""
    of_name = {
        "DossierSubmitted": of_dossier,
        "CommitteeDecided": of_committee,
        "AgrementGranted": of_waiting,
        "AdvanceOrdered": of_advance,
        "ResultAccountFiled": of_accounts,
        "ControlConcluded": of_control,
    }
    if decided.name == "AnnualRenewalFiled":
        yield from of_renewal(decided, data)
        yield from of_waiting(decided, data)
    elif answers := of_name.get(decided.name):
        yield from answers(decided, data)  # type: ignore[operator]


def _told(decided: StoredDecision, changes: Sequence[Change], holds: Holds) -> Iterator[str]:
    different = list({repr(each.edits) + repr(each.states): each for each in changes}.values())
    found = minimal_changes(Trial(decided.event.data, decided.basis), different, holds)
    if not found:
        yield NOBODY_KNOWS
    for rank, chosen in enumerate(found):
        told = " ; ".join(change.sentence for change in chosen)
        lead = "ou bien" if rank else counted(len(chosen), "changement suffit", _MANY)
        yield f"{lead} : {told}."


_MANY = "changements suffisent ensemble"


def _without(decided: StoredDecision, refusal: type[WireModel]) -> Holds:
    """Tell whether something else is answered than this refusal, or any other."""

    def holds(case: Trial) -> bool:
        said = decided.rerun(case.data, case.basis)
        return bool(said) and not any(isinstance(each, (refusal, *AGAINST)) for each in said)

    return holds


def _with_verdict(decided: StoredDecision, wanted: tuple[str, ...]) -> Holds:
    def holds(case: Trial) -> bool:
        (assessed,) = decided.rerun(case.data, case.basis)
        return isinstance(assessed, EligibilityAssessed) and assessed.verdict in wanted

    return holds


def _uncut(decided: StoredDecision) -> Holds:
    def holds(case: Trial) -> bool:
        said = decided.rerun(case.data, case.basis)
        priced = [each for each in said if isinstance(each, FundingGranted | BalanceSettled)]
        return bool(priced) and not any(each.cap80.excess for each in priced)

    return holds
