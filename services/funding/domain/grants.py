"""The committee granted an agrement: price its first school year, or wait for the bareme."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.funding import fund
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.states import Dossier, Grant, PublishedBareme, grant_key
from shared.contracts.common import Reason
from shared.contracts.eligibility import AgrementGranted
from shared.contracts.funding import FundingDeferred
from shared.kernel.calendar import start_year
from shared.kernel.decision import SILENT, Decision, Known, Message, Ref


def reads(message: Message[AgrementGranted], known: Known) -> Iterable[Ref[Any]]:  # noqa: ARG001
    """Name the grant, its dossier and the bareme of its year."""
    agrement = message.data
    yield Ref(Grant, grant_key(agrement.dossier_id, agrement.school_year))
    yield Ref(Dossier, agrement.dossier_id)
    yield Ref(PublishedBareme, str(start_year(agrement.school_year)))


def grant(
    message: Message[AgrementGranted], known: Known, parameters: FundingParameters
) -> Decision:
    """Answer `FundingGranted`, or `FundingDeferred` while the bareme is unknown [PRX-07].

    One grant per dossier and school year: the first one stands and any other changes nothing.
    A several-years agrement is priced for its first school year only.
    """
    agrement = message.data
    if known.get(Grant, grant_key(agrement.dossier_id, agrement.school_year)) is not None:
        return SILENT
    dossier = known.get(Dossier, agrement.dossier_id) or Dossier(
        dossier_id=agrement.dossier_id, caf=agrement.caf
    )
    waiting = Grant.waiting(agrement, message.origin)
    published = known.get(PublishedBareme, str(waiting.start_year))
    terms = parameters.terms(waiting.start_year, published.bareme if published else None)
    if terms is None:
        return Decision(states=(waiting, dossier), events=(_deferred(agrement),))
    funding = fund(agrement, terms)
    return Decision(states=(waiting.granted(funding), dossier), events=(funding,))


def _deferred(agrement: AgrementGranted) -> FundingDeferred:
    year = agrement.school_year
    message = (
        f"Le barème de l'année scolaire {year} n'est pas connu et ne se devine pas : "
        f"le financement attend la publication du barème de {start_year(year)}, "
        "année d'ouverture du droit."
    )
    return FundingDeferred(
        caf=agrement.caf,
        dossier_id=agrement.dossier_id,
        school_year=year,
        reasons=(Reason(rule="PRX-07", message=message),),
    )
