"""Envelopes of a Caf: granted amounts, waiting list and limits agree with its grants [ENV-03]."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import orjson
from pydantic import ValidationError

from services.funding.domain.envelopes import BudgetLine, Envelopes
from services.funding.domain.states import Grant
from shared.audit.findings import CheckRule, Violation, amount_difference, violations_of
from shared.audit.records import Document, ParsedRecord, data_of
from shared.contracts.caf import EnvelopeAllotted
from shared.french import euros
from shared.kernel.money import ZERO

RESTORE = (
    "rétablir le document envelopes de cette Caf depuis une sauvegarde ; `clas envelopes --caf"
    " CAF` montre crédits, montants accordés et liste d’attente"
)


@dataclass(slots=True)
class GrantCharges:
    """The charges of the grants of a Caf by exercise, in euros, and the grants that wait."""

    charged: defaultdict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    waiting: set[str] = field(default_factory=set)

    def add(self, grant: Grant) -> None:
        """Add a grant: admitted with its charges, or waiting for credits."""
        for charge in grant.funding.envelopes if grant.funding else ():
            self.charged[charge.exercise] += charge.amount
        if grant.waits_for == "envelope":
            self.waiting.add(grant.key)


@dataclass(frozen=True, slots=True)
class EnvelopeAudit:
    """The envelopes of a Caf, the charges of its grants, and the amount granted before allotments.

    `granted_before` is by the id of the allotment, in euros.
    """

    envelopes: Envelopes
    charges: GrantCharges
    granted_before: dict[str, Decimal]

    @property
    def location(self) -> str:
        """Where the envelopes are stored."""
        return f"funding, envelopes, {self.envelopes.caf}"

    @property
    def charged(self) -> dict[int, Decimal]:
        """The charges of admitted grants by exercise, in euros, with released reservations."""
        sums = defaultdict[int, Decimal](lambda: ZERO, self.charges.charged)
        for claim in self.envelopes.released:
            for charge in claim.charges:
                sums[charge.exercise] += charge.amount
        return sums


def granted_before(parsed: ParsedRecord) -> Iterator[tuple[str, Decimal]]:
    """Yield the id of an allotment and the amount granted on its exercise before it, in euros."""
    allotted = data_of(parsed.record.body)
    if isinstance(allotted, EnvelopeAllotted):
        for state in (parsed.receipt or {}).get("inputs", ()):
            yield parsed.record.key.id, _granted(state["content"], allotted.exercise)


def _granted(content: Document | None, exercise: int) -> Decimal:
    """Return what stored envelopes granted on an exercise, zero for anything else."""
    try:
        stored = Envelopes.model_validate_json(orjson.dumps(content))
    except ValidationError:
        return ZERO
    return next((line.granted for line in stored.lines if line.exercise == exercise), ZERO)


def _granted_amounts(audit: EnvelopeAudit) -> Iterable[Violation]:
    """Compare the granted amounts with the charges of the admitted grants."""
    charged = audit.charged
    granted = {line.exercise: line.granted for line in audit.envelopes.lines}
    for year in sorted({*charged, *granted}):
        text = amount_difference("accordé", charged.get(year, ZERO), granted.get(year, ZERO))
        yield from violations_of(_subject(audit, year), audit.location, [text])


def _waiting_list(audit: EnvelopeAudit) -> Iterable[Violation]:
    """Compare the waiting list with the grants that wait, both ways, and check its order."""
    envelopes, waiting = audit.envelopes, audit.charges.waiting
    listed = {claim.key for claim in (*envelopes.waiting, *envelopes.released)}
    for key in sorted(waiting - listed):
        text = "attend des crédits et n’est plus dans la liste d’attente"
        yield Violation(_dossier_id(key), text, audit.location)
    for key in sorted(listed - waiting):
        text = "est dans la liste d’attente et n’attend pas de crédits"
        yield Violation(_dossier_id(key), text, audit.location)
    places = [claim.place for claim in envelopes.waiting]
    for claim, place in zip(envelopes.waiting, sorted(places), strict=True):
        if claim.place != place:
            yield Violation(claim.dossier_id, "n’est pas à son rang dans la liste", audit.location)
            return


def _limits(audit: EnvelopeAudit) -> Iterable[Violation]:
    """Compare the granted amount with the allotment [ENV-03].

    An allotment may be lower than what was granted before it: then nothing more may be granted.
    """
    for line in audit.envelopes.lines:
        limit = _limit(line, audit.granted_before)
        if limit is not None and line.granted > limit:
            text = f"accordé {euros(line.granted)} pour {euros(limit)} de crédits"
            yield Violation(_subject(audit, line.exercise), text, audit.location)


def _limit(line: BudgetLine, before: dict[str, Decimal]) -> Decimal | None:
    if line.allotment is None:
        return None
    return max(line.allotment.amount, before.get(line.allotment.id, ZERO))


def _subject(audit: EnvelopeAudit, exercise: int) -> str:
    return f"Caf {audit.envelopes.caf}, exercice {exercise}"


def _dossier_id(key: str) -> str:
    return key.rpartition("|")[0]


CHECKS: tuple[CheckRule[EnvelopeAudit], ...] = (
    CheckRule(
        "Caf dont les crédits accordés sont la somme de ses droits",
        "Caf dont les crédits accordés sont la somme de leurs droits",
        "ENV-01, ENV-03",
        "funding.envelopes",
        RESTORE,
        _granted_amounts,
    ),
    CheckRule(
        "liste d’attente complète et dans l’ordre",
        "listes d’attente complètes et dans l’ordre",
        "ENV-03",
        "funding.envelopes",
        RESTORE,
        _waiting_list,
    ),
    CheckRule(
        "Caf qui n’accorde rien au-delà de ses crédits",
        "Caf qui n’accordent rien au-delà de leurs crédits",
        "ENV-03",
        "funding.envelopes",
        "compléter l’enveloppe (EnvelopeAllotted), ou chercher qui a écrit dans la base",
        _limits,
    ),
)
