"""What the forecasts of several dossiers need of each exercise, compared with its credits."""

from collections.abc import Iterable, Iterator, Sequence

from services.funding.domain.envelopes import Envelopes
from shared.contracts.forecasts import FundingForecast
from shared.french import counted, euros
from shared.kernel.money import ZERO, total


def ungrantable_text(forecasts: Sequence[FundingForecast]) -> str:
    """Return the forecasts of ineligible dossiers, counted and added up [COM-04]."""
    dossiers = counted(len(forecasts), "dossier inéligible", "dossiers inéligibles")
    cannot = "ne peut être accordé" if len(forecasts) == 1 else "ne peuvent être accordés"
    amount = total(forecast.ps_total + forecast.bonus_total for forecast in forecasts)
    return f"{dossiers}, {euros(amount)}, qui {cannot} [COM-04]"


def need_texts(forecasts: Iterable[FundingForecast], envelopes: Envelopes) -> Iterator[str]:
    """Yield a sentence per exercise: needed, allotted, granted, waiting, and what is left."""
    charges = [charge for forecast in forecasts for charge in forecast.envelopes]
    for exercise in sorted({charge.exercise for charge in charges}):
        needed = total(charge.amount for charge in charges if charge.exercise == exercise)
        line, waiting = envelopes.line(exercise), total(envelopes.waiting_on(exercise))
        head = f"Exercice {exercise} : prévu {euros(needed)}"
        used = f"déjà accordé {euros(line.granted)}, en liste d'attente {euros(waiting)}"
        if line.left is None or line.allotment is None:
            yield f"{head}, {used} ; aucune enveloppe notifiée [ENV-01]."
            continue
        left = line.left - waiting - needed
        end = f"il manque {euros(-left)} [ENV-03]" if left < ZERO else f"il resterait {euros(left)}"
        yield f"{head}, notifié {euros(line.allotment.amount)}, {used} : {end}."
