"""What its amendments leave of an agrement, in whatever order they came."""

from collections.abc import Iterable

from shared.contracts.common import Reason
from shared.contracts.eligibility import AgrementAmended, AgrementContent
from shared.contracts.funding import FundingRefused
from shared.kernel.calendar import previous


def as_amended(
    agrement: AgrementContent, amendments: Iterable[AgrementAmended], school_year: str
) -> AgrementContent:
    """Return the agrement as it stands for a school year: collectifs that stay, last year covered.

    A withdrawal shortens it, to before its first year if need be, and leaves its collectifs.
    """
    left, until = agrement.collectifs, agrement.multi_year_until
    for amendment in _reaching(amendments, school_year):
        if amendment.effect == "reduced":
            left = tuple(each for each in left if each.collectif_id in amendment.collectifs)
        else:
            until = min(until, previous(amendment.from_school_year))
    return agrement.with_changes(collectifs=left, multi_year_until=until)


def ends(
    agrement: AgrementContent, amendments: Iterable[AgrementAmended], school_year: str
) -> bool:
    """Whether amendments leave nothing of an agrement for a school year."""
    reaching = _reaching(amendments, school_year)
    left = as_amended(agrement, reaching, school_year).collectifs
    return any(amendment.effect == "withdrawn" for amendment in reaching) or not left


def _reaching(
    amendments: Iterable[AgrementAmended], school_year: str
) -> tuple[AgrementAmended, ...]:
    return tuple(each for each in amendments if each.from_school_year <= school_year)


def uncovered(agrement: AgrementContent) -> FundingRefused:
    """Refuse a school year that is withdrawn from its agrement [COM-05]."""
    return FundingRefused(
        caf=agrement.caf,
        dossier_id=agrement.dossier_id,
        school_year=agrement.school_year,
        reasons=(
            Reason(
                rule="COM-05",
                message=f"L'agrément du dossier {agrement.dossier_id} est retiré pour "
                f"{agrement.school_year} : cette année scolaire n'est plus financée.",
            ),
        ),
    )
