"""Candidate changes of a grant that waits or is refused."""

from collections.abc import Iterator

from services.funding.domain.envelopes import Envelopes
from services.funding.domain.parameters import Bareme
from services.funding.domain.renewal_rules import period_of_renewal
from services.funding.domain.states import PublishedBareme
from shared.contracts.common import Report
from shared.contracts.elan import AnnualRenewalFiled
from shared.contracts.eligibility import AgrementGranted
from shared.contracts.funding import FundingGranted
from shared.counterfactual.decision import StoredDecision
from shared.counterfactual.search import Change
from shared.french import euros, long_date
from shared.kernel.calendar import start_year
from shared.kernel.money import CENT

WHOLE = Report(qualitative=True, quantitative=True, financial=True)


def candidate_changes_of_renewal(
    decision: StoredDecision, filed: AnnualRenewalFiled
) -> Iterator[Change]:
    """Yield changes that satisfy the rules of a renewal."""
    if decision.violated_rules & {"PLU-03", "PLU-06"}:
        yield whole_report()
    if "CAL-05" in decision.violated_rules:
        yield _in_season(filed)


def candidate_changes_of_waiting(
    decision: StoredDecision, data: AgrementGranted | AnnualRenewalFiled
) -> Iterator[Change]:
    """Yield changes that admit a waiting grant: its bareme, or credits."""
    rules = {reason.rule for event in decision.events for reason in getattr(event, "reasons", ())}
    if "PRX-07" in rules:
        yield _bareme(start_year(data.school_year))
    if "ENV-03" in rules and (envelopes := decision.first_state(Envelopes)):
        yield from _raised_envelope(decision, envelopes)


def whole_report() -> Change:
    """Return the change that files all three parts of the bilan."""
    return Change(
        "présenter les trois parties du bilan (qualitative, quantitative, financière)",
        ((("report",), WHOLE),),
    )


def _in_season(filed: AnnualRenewalFiled) -> Change:
    """File a renewal on the day of its period that is nearest to the actual one."""
    first, last = period_of_renewal(filed.school_year)
    if filed.filed_on < first:
        sentence = f"déposer le renouvellement à partir du {long_date(first)}"
        return Change(sentence, ((("filed_on",), first),))
    sentence = f"déposer le renouvellement au plus tard le {long_date(last)}"
    return Change(sentence, ((("filed_on",), last),))


def _bareme(year: int) -> Change:
    """Publish the bareme of a school year; its amounts do not matter for the answer."""
    bareme = Bareme(
        plafond=CENT, ps_max=CENT, bonus_enfants=CENT, bonus_parents=CENT, source="à publier"
    )
    published = PublishedBareme(start_year=year, bareme=bareme)
    return Change(f"publier le barème de {year}-{year + 1}", states=(published,))


def _raised_envelope(decision: StoredDecision, envelopes: Envelopes) -> Iterator[Change]:
    """Yield the raise that each exercise needs; none where earlier grants still wait."""
    granted = _granted_without_limits(decision, envelopes)
    if granted is None:
        return
    raised, amounts = envelopes, []
    for charge in granted.envelopes:
        line = envelopes.line(charge.exercise)
        if line.allotment and line.left is not None and line.left < charge.amount:
            total = line.granted + charge.amount
            allotment = line.allotment.with_changes(amount=total)
            raised = raised.with_line(line.with_changes(allotment=allotment))
            amounts.append(
                f"{euros(total)} au lieu de {euros(line.allotment.amount)} pour {charge.exercise}"
            )
    if amounts:
        yield Change(f"relever l’enveloppe : {' et '.join(amounts)}", states=(raised,))


def _granted_without_limits(
    decision: StoredDecision, envelopes: Envelopes
) -> FundingGranted | None:
    lines = tuple(line.with_changes(allotment=None) for line in envelopes.lines)
    unlimited = Change("", states=(envelopes.with_changes(lines=lines),))
    events = decision.rerun(decision.trial.after([unlimited]))
    return next((event for event in events if isinstance(event, FundingGranted)), None)
