"""Envelope arithmetic: what a Caf's credits bear is what its rights were let in with [ENV-03]."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from services.funding.domain.envelopes import BudgetLine, Envelopes
from services.funding.domain.states import Grant
from shared.audit.findings import CheckRule, Violation, unequal, violations
from shared.audit.records import ParsedRecord
from shared.french import euros
from shared.kernel.money import ZERO

RESTORE = (
    "rétablir le document envelopes de cette Caf depuis une sauvegarde ; `clas envelopes --caf"
    " CAF` montre crédits, montants accordés et liste d’attente"
)


@dataclass(slots=True)
class ChargedCredits:
    """What the grants of a Caf bear on its credits, in euros, and which of them wait for some."""

    charged: defaultdict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    waiting: set[str] = field(default_factory=set)

    def add(self, grant: Grant) -> None:
        """Take in a grant: let in with its charges, for good, or waiting."""
        for charge in grant.funding.envelopes if grant.funding else ():
            self.charged[charge.exercise] += charge.amount
        if grant.waits_for == "envelope":
            self.waiting.add(grant.key)


@dataclass(frozen=True, slots=True)
class EnvelopeAudit:
    """The envelopes of a Caf, what its grants bear, and what each allotment found granted."""

    envelopes: Envelopes
    borne: ChargedCredits
    granted_before: dict[str, Decimal]

    @property
    def where(self) -> str:
        """Where they are kept."""
        return f"funding, envelopes, {self.envelopes.caf}"

    @property
    def charged(self) -> dict[int, Decimal]:
        """What is let in, by exercise, in euros: told to its gestionnaire, or about to be."""
        sums = defaultdict[int, Decimal](lambda: ZERO, self.borne.charged)
        for claim in self.envelopes.released:
            for charge in claim.charges:
                sums[charge.exercise] += charge.amount
        return sums


def granted_before(filed: ParsedRecord) -> Iterator[tuple[str, Decimal]]:
    """Yield what was granted on an exercise when its allotment came, by the allotment's id."""
    message, receipt = filed.message or {}, filed.receipt or {}
    exercise = (message.get("data") or {}).get("exercise")
    for given in receipt.get("inputs") or ():
        lines = (given["content"] or {}).get("lines") or ()
        granted = [Decimal(each["granted"]) for each in lines if each["exercise"] == exercise]
        yield str(message.get("id")), granted[0] if granted else ZERO


def _sums(held: EnvelopeAudit) -> Iterable[Violation]:
    """Hold the amounts granted against the charges of the grants that were let in."""
    charged = held.charged
    kept = {line.exercise: line.granted for line in held.envelopes.lines}
    for year in sorted({*charged, *kept}):
        wrong = unequal("accordé", charged.get(year, ZERO), kept.get(year, ZERO))
        yield from violations(_about(held, year), held.where, [wrong])


def _list(held: EnvelopeAudit) -> Iterable[Violation]:
    """Hold the list against the grants that wait, both ways, and its order."""
    envelopes, waiting = held.envelopes, held.borne.waiting
    listed = {claim.key for claim in (*envelopes.waiting, *envelopes.released)}
    for key in sorted(waiting - listed):
        wrong = "attend des crédits et n’est plus dans la liste d’attente"
        yield Violation(_dossier(key), wrong, held.where)
    for key in sorted(listed - waiting):
        wrong = "est dans la liste d’attente et n’attend pas de crédits"
        yield Violation(_dossier(key), wrong, held.where)
    places = [claim.place for claim in envelopes.waiting]
    for claim, place in zip(envelopes.waiting, sorted(places), strict=True):
        if claim.place != place:
            yield Violation(claim.dossier_id, "n’est pas à son rang dans la liste", held.where)
            return


def _limits(held: EnvelopeAudit) -> Iterable[Violation]:
    """Let in nothing beyond an allotment [ENV-03].

    A first total and a cut may come below what is granted: then nothing more may be let in.
    """
    for line in held.envelopes.lines:
        limit = _limit(line, held.granted_before)
        if limit is not None and line.granted > limit:
            wrong = f"accordé {euros(line.granted)} pour {euros(limit)} de crédits"
            yield Violation(_about(held, line.exercise), wrong, held.where)


def _limit(line: BudgetLine, before: dict[str, Decimal]) -> Decimal | None:
    if line.allotment is None:
        return None
    return max(line.allotment.amount, before.get(line.allotment.id, ZERO))


def _about(held: EnvelopeAudit, exercise: int) -> str:
    return f"Caf {held.envelopes.caf}, exercice {exercise}"


def _dossier(key: str) -> str:
    return key.rpartition("|")[0]


CHECKS: tuple[CheckRule[EnvelopeAudit], ...] = (
    CheckRule(
        "Caf dont les crédits accordés sont la somme de ses droits",
        "Caf dont les crédits accordés sont la somme de leurs droits",
        "ENV-01, ENV-03",
        _sums,
        RESTORE,
    ),
    CheckRule(
        "liste d’attente complète et dans l’ordre",
        "listes d’attente complètes et dans l’ordre",
        "ENV-03",
        _list,
        RESTORE,
    ),
    CheckRule(
        "Caf qui n’accorde rien au-delà de ses crédits",
        "Caf qui n’accordent rien au-delà de leurs crédits",
        "ENV-03",
        _limits,
        "compléter l’enveloppe (EnvelopeAllotted), ou chercher qui a écrit dans la base",
    ),
)
