"""What could be done about an advance, accounts or a grant that are refused, wait or are cut."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from services.cli.explain.change import Change, Trial
from services.cli.explain.decision import StoredDecision
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.parameters import Bareme
from services.funding.domain.states import Convention, Grant, PublishedBareme
from shared.contracts.caf import AdvanceOrdered, ControlConcluded
from shared.contracts.common import Report
from shared.contracts.elan import AnnualRenewalFiled, ResultAccountFiled
from shared.contracts.eligibility import AgrementGranted
from shared.contracts.funding import Cap80, FundingGranted
from shared.french import euros, long_date
from shared.kernel.calendar import start_year
from shared.kernel.money import CENT

Priced = AgrementGranted | AnnualRenewalFiled | ResultAccountFiled
WHOLE = Report(qualitative=True, quantitative=True, financial=True)


def of_advance(decided: StoredDecision, order: AdvanceOrdered) -> Iterator[Change]:
    """Yield what answers the rules that an order breaks."""
    grant, broken = decided.found(Grant), _broken(decided)
    if grant is None or grant.funding is None:
        return
    if broken & {"ACO-01", "ACO-03"}:
        yield from _largest(order, grant)
    if "CNV-01" in broken:
        caf = grant.agrement.caf
        yield _signed(decided, caf, order.dossier_id, order.ordered_on, "ordered_on")
    if "ACO-02" in broken:
        first = date(order.exercise, 1, 1)
        yield Change(
            f"ordonner l’acompte à partir du {long_date(first)}", ((("ordered_on",), first),)
        )
    if "ACO-04" in broken:
        yield from _agreeing(order, (grant.start_year, grant.start_year + 1))
    if "ACO-04" in broken and not order.amount:
        yield Change("ordonner un montant supérieur à zéro", ((("amount",), CENT),))


def of_accounts(decided: StoredDecision, filed: ResultAccountFiled) -> Iterator[Change]:
    """Yield what answers the rules that accounts break."""
    grant, broken = decided.found(Grant), _broken(decided)
    if grant is None:
        return
    if "SOL-03" in broken:
        yield _whole_report()
    if "SOL-01" in broken:
        first = date(start_year(filed.school_year) + 1, 1, 1)
        yield Change(
            f"déposer les comptes à partir du {long_date(first)}", ((("filed_on",), first),)
        )
    if "CNV-01" in broken:
        yield _signed(decided, grant.agrement.caf, filed.dossier_id, filed.filed_on, "filed_on")
    if "COM-04" in broken:
        granted = {each.collectif_id for each in grant.agrement.collectifs}
        known = tuple(each for each in filed.collectifs if each.collectif_id in granted)
        yield Change("ne rendre compte que des collectifs accordés", ((("collectifs",), known),))


def of_control(decided: StoredDecision, concluded: ControlConcluded) -> Iterator[Change]:
    """Yield the first day on which a control may be decided without an answer."""
    if "CTL-02" in _broken(decided):
        period = timedelta(days=decided.values["contradictory_periods"]["days"])
        first = concluded.observations_sent_on + period
        told = f"attendre une réponse, ou décider à partir du {long_date(first)}"
        yield Change(told, ((("decided_on",), first),))


def of_renewal(decided: StoredDecision, _filed: AnnualRenewalFiled) -> Iterator[Change]:
    """Yield what answers the rules that a renewal breaks."""
    if _broken(decided) & {"PLU-03", "PLU-06"}:
        yield _whole_report()


def of_waiting(decided: StoredDecision, data: Priced) -> Iterator[Change]:
    """Yield what would let in a grant that waits: its prices, or credits."""
    broken = {reason.rule for event in decided.events for reason in getattr(event, "reasons", ())}
    if "PRX-07" in broken:
        year = start_year(data.school_year)
        anything = Bareme(
            plafond=CENT, ps_max=CENT, bonus_enfants=CENT, bonus_parents=CENT, source="à publier"
        )
        bareme = PublishedBareme(start_year=year, bareme=anything)
        yield Change(f"publier le barème de {year}-{year + 1}", states=(bareme,))
    if "ENV-03" in broken and (envelopes := decided.found(Envelopes)):
        yield from _credits(decided, data, envelopes)


def of_cap(cap: Cap80, data: Priced, share: Decimal) -> Iterator[Change]:
    """Yield what would spare the cut of the 80 % cap: a dearer project, fewer other resources."""
    budget, asked = data.budget, cap.ceiling + cap.excess
    cost = (asked / share).quantize(CENT, rounding=ROUND_CEILING)
    yield Change(
        f"un coût annuel du projet de {euros(cost)} au lieu de {euros(budget.total_annual_cost)}",
        ((("budget", "total_annual_cost"), cost),),
    )
    for place, each in enumerate(budget.resources):
        if each.branche_famille and each.amount >= cap.excess:
            less = each.amount - cap.excess
            yield Change(
                f"une ressource « {each.funder} » de {euros(less)} au lieu de {euros(each.amount)}",
                ((("budget", "resources", place, "amount"), less),),
            )


def _broken(decided: StoredDecision) -> set[str]:
    return {step.rule for step in decided.steps if step.outcome == "breach"}


def _largest(order: AdvanceOrdered, grant: Grant) -> Iterator[Change]:
    assert grant.funding is not None
    if order.exercise == grant.start_year:
        left = grant.funding.advance_ceiling_n - grant.advances_n
    else:
        left = grant.funding.advance_ceiling_n1 - grant.advances_n1
    if left > 0:
        told = f"ordonner au plus {euros(left)} au lieu de {euros(order.amount)}"
        yield Change(told, ((("amount",), left),))


def _agreeing(order: AdvanceOrdered, exercises: tuple[int, int]) -> Iterator[Change]:
    """Make exercise and date agree: the exercise of the date, or a day of the exercise."""
    year = order.ordered_on.year
    if year in exercises and order.exercise != year:
        yield Change(f"ordonner l’acompte sur l’exercice {year}", ((("exercise",), year),))
    if order.exercise in exercises and order.exercise < year:
        last = date(order.exercise, 12, 31)
        told = f"ordonner l’acompte au plus tard le {long_date(last)}"
        yield Change(told, ((("ordered_on",), last),))


def _whole_report() -> Change:
    return Change(
        "présenter les trois parties du bilan (qualitative, quantitative, financière)",
        ((("report",), WHOLE),),
    )


def _signed(decided: StoredDecision, caf: str, dossier_id: str, on: date, field: str) -> Change:
    """Wait for the convention that is signed, or have one signed."""
    convention = decided.found(Convention)
    if convention:
        told = f"attendre la signature de la convention, le {long_date(convention.signed_on)}"
        return Change(told, (((field,), convention.signed_on),))
    signed = Convention(dossier_id=dossier_id, caf=caf, signed_on=on)
    return Change(f"faire signer la convention au plus tard le {long_date(on)}", states=(signed,))


def _credits(decided: StoredDecision, data: Priced, envelopes: Envelopes) -> Iterator[Change]:
    """Yield the raise that each exercise needs, found by lifting every limit."""
    unlimited = envelopes.with_changes(
        lines=tuple(each.with_changes(allotment=None) for each in envelopes.lines)
    )
    granted = _said(decided, data, unlimited)
    if granted is None:
        return  # Others wait before it: no raise of its own would let it in.
    raised, told = envelopes, []
    for charge in granted.envelopes:
        line = envelopes.line(charge.exercise)
        if line.allotment and line.left is not None and line.left < charge.amount:
            total = line.granted + charge.amount
            allotment = line.allotment.with_changes(amount=total)
            raised = raised.with_line(line.with_changes(allotment=allotment))
            told.append(
                f"{euros(total)} au lieu de {euros(line.allotment.amount)} pour {charge.exercise}"
            )
    if told:
        yield Change(f"relever l’enveloppe : {' et '.join(told)}", states=(raised,))


def _said(decided: StoredDecision, data: Priced, envelopes: Envelopes) -> FundingGranted | None:
    case = Trial(data, decided.basis).after([Change("", states=(envelopes,))])
    said = decided.rerun(case.data, case.basis)
    return next((each for each in said if isinstance(each, FundingGranted)), None)
