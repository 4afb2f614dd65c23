"""The subsidies that a Caf publishes for a civil year, and their rows. Amounts in euros.

A subsidy is the right of one school year under a signed convention. It belongs to the civil year
in which it was granted and signed and its school year had begun, so that the later years of an
agrement do not change a file that is published. Its amount is the one granted now: after an
amendment a later batch has the new amount.

What must be published: law 2000-321, articles 9-1 and 10 (the threshold and its sources are in
`parameters/subventions.yaml`). Only Clas subsidies are known here: a Caf that gives others to the
same body must count them too, or publish all. A project that a Caf runs itself is no subsidy. An
`entreprise` may be a natural person, whom CRPA L312-1-2 keeps out of open data: it is withheld
unless it is declared to be a legal person.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from services.funding.reports.bilans import final_day
from services.funding.right import Right
from services.funding.rights import Rights
from shared.contracts.funding import FundingGranted
from shared.contracts.types import Money, Text
from shared.kernel.calendar import start_year
from shared.kernel.effective_dated import ByStartYear
from shared.kernel.money import ZERO, total
from shared.kernel.parameters import load

OF_PRIVATE_LAW = ("association", "centre_social", "entreprise")
"""A centre social may also be of public law, and may be published then too."""
OBJECT = "Contrat local d’accompagnement à la scolarité (Clas)"
OBJECT_LENGTH_MAX = 256
MONTHS = 12
FIRST_MONTH = 9
"""A school year begins in September."""


class Terms(BaseModel):
    """The threshold in euros, for one body in twelve months, beyond which all is published."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    threshold: Money
    source: Text


TERMS: ByStartYear[Terms] = load("services.funding", "parameters/subventions", Terms)


@dataclass(frozen=True, slots=True)
class Attribuant:
    """The Caf that grants the subsidies."""

    name: str
    siret: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The scope of a publication: subsidies beyond `threshold` (None: all), and entreprises.

    `companies` are the SIRENs of entreprises known to be legal persons.
    """

    threshold: Decimal | None
    companies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subvention:
    """The variable fields of one row; the others are the same in every row."""

    convention_date: date
    reference: str
    beneficiary: str
    beneficiary_siret: str
    purpose: str
    amount: Decimal
    in_parts: bool
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Published:
    """The rows of a year, and the dossiers of entreprises that were withheld."""

    rows: tuple[Subvention, ...]
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Award:
    """A running right under a signed convention."""

    right: Right
    granted: FundingGranted
    signed_on: date
    title: str

    @property
    def day(self) -> date:
        """The day from which it was granted and signed, and its school year had begun.

        The rights of an agrement's later years are all dated of the agrement itself.
        """
        begins = date(start_year(self.right.school_year), FIRST_MONTH, 1)
        return max(self.signed_on, self.granted.decided_on, begins)

    @property
    def amount(self) -> Decimal:
        """Ps and bonus."""
        return self.granted.ps_total + self.granted.bonus_total

    @property
    def siren(self) -> str:
        """The SIREN of the beneficiary, for all its establishments."""
        return self.granted.gestionnaire.siret[:9]


def select_subventions(rights: Rights, year: int, scope: Scope) -> Published:
    """Return the subsidies that a Caf publishes for a civil year, by day then dossier."""
    awards = list(_awards(rights))
    awards_of_year = [each for each in _to_publish(awards, scope) if each.day.year == year]
    awards_of_year.sort(key=lambda award: (award.day, award.right.key))
    withheld = [each for each in awards_of_year if _may_be_a_person(each, scope)]
    return Published(
        rows=tuple(_row(each) for each in awards_of_year if each not in withheld),
        withheld=tuple(each.right.dossier_id for each in withheld),
    )


def _awards(rights: Rights) -> Iterable[_Award]:
    for right in rights.by_key.values():
        signed_on = rights.conventions.get(right.dossier_id)
        granted, agrement = right.running_grant, rights.agrements.get(right.dossier_id)
        if granted is None or signed_on is None or granted.gestionnaire.kind == "caf":
            continue
        award = _Award(right, granted, signed_on, agrement.project.title if agrement else "")
        if award.amount:
            yield award


def _to_publish(awards: list[_Award], scope: Scope) -> list[_Award]:
    if scope.threshold is None:
        return awards
    by_body = defaultdict[str, list[_Award]](list)
    for award in awards:
        if award.granted.gestionnaire.kind in OF_PRIVATE_LAW:
            by_body[award.siren].append(award)
    return [each for body in by_body.values() for each in _over_threshold(body, scope.threshold)]


def _over_threshold(body: list[_Award], threshold: Decimal) -> list[_Award]:
    """Return the subsidies of a body within any twelve civil months that exceed the threshold."""
    windows = [
        [each for each in body if 0 <= _month(last.day) - _month(each.day) < MONTHS]
        for last in body
    ]
    over_threshold = [
        window for window in windows if total(each.amount for each in window) > threshold
    ]
    return [each for each in body if any(each in window for window in over_threshold)]


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _may_be_a_person(award: _Award, scope: Scope) -> bool:
    return award.granted.gestionnaire.kind == "entreprise" and award.siren not in scope.companies


def _row(award: _Award) -> Subvention:
    payee, (in_parts, first_day, last_day) = award.granted.gestionnaire, _payment(award)
    return Subvention(
        convention_date=award.signed_on,
        reference=f"{award.right.dossier_id} {award.right.school_year}",
        beneficiary=" ".join(payee.name.split()),
        beneficiary_siret=payee.siret,
        purpose=_purpose(award),
        amount=award.amount,
        in_parts=in_parts,
        first_day=first_day,
        last_day=last_day,
    )


def _payment(award: _Award) -> tuple[bool, date, date]:
    """Return whether it is paid in parts, and from when to when.

    Advances, then a balance; a right settled without any advance is paid once. Until the balance
    the last day is the one by which the accounts are due [SOL-01].
    """
    right, granted = award.right, award.granted
    ceilings = granted.advance_ceiling_n + granted.advance_ceiling_n1
    in_parts = bool(right.advances) or (right.settled is None and ceilings > ZERO)
    if right.settled and not in_parts:
        return (False, right.settled.settled_on, right.settled.settled_on)
    first = min((each.ordered_on for each in right.advances), default=award.day)
    year = start_year(right.school_year)
    last = right.settled.settled_on if right.settled else final_day(year)
    return (in_parts, first, max(first, last))


def _purpose(award: _Award) -> str:
    title = " ".join(award.title.split())
    whole = f"{OBJECT} {award.right.school_year}" + f" – {title}" * bool(title)
    return whole[:OBJECT_LENGTH_MAX].rstrip()
