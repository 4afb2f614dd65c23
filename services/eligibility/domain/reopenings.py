"""Handler of complements that a Caf asks for: an assessed, undecided dossier takes a revision."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.eligibility.domain.referentiel import Parameters
from services.eligibility.domain.states import Dossier, Reopening
from shared.contracts.base import content_hash
from shared.contracts.caf import ComplementsOrdered
from shared.contracts.common import Ground
from shared.contracts.eligibility import DossierReopened
from shared.contracts.labels import COMMITTEE_OUTCOMES
from shared.french import short_date
from shared.kernel.decision import Decision, Finding, Message, StateRef, States
from shared.kernel.requests import Once, Owner, Request
from shared.kernel.rules import Rule, breach

NO_RULE = "COM-09"
"""The rule of a complement that no rule asks for: the Caf examines the dossier."""


@dataclass(frozen=True, slots=True)
class ReopeningContext:
    """The complements asked for, and the dossier as it was assessed."""

    ordered: ComplementsOrdered
    dossier: Dossier


def required_states(
    message: Message[ComplementsOrdered],
    _states: States,
) -> Iterable[StateRef[Dossier]]:
    """Yield the dossier."""
    yield StateRef(Dossier, message.data.dossier_id)


def _context(
    message: Message[ComplementsOrdered],
    states: States,
    parameters: Parameters,  # noqa: ARG001 - a reopening depends on no parameter
) -> ReopeningContext | Finding:
    ordered = message.data
    if not (dossier := states.get(Dossier, ordered.dossier_id)):
        return breach(
            "COM-09",
            f"Le dossier {ordered.dossier_id} n'a pas été instruit : il ne se complète pas encore"
            " à la demande de la Caf.",
        )
    return ReopeningContext(ordered, dossier)


def _caf(context: ReopeningContext) -> str:
    return context.dossier.caf


def _other_caf(context: ReopeningContext) -> str:
    ordered = context.ordered
    return f"Le dossier {ordered.dossier_id} n'est pas un dossier de la Caf {ordered.caf}."


def _accepted(context: ReopeningContext) -> str | None:
    """Return the content accepted before, once it has come, or the one that is awaited."""
    dossier, content = context.dossier, content_hash(context.ordered)
    awaited = dossier.complements_awaited
    if content in dossier.complement_orders:
        return content
    return awaited.content if awaited and not dossier.withdrawn else None


def _other_content(context: ReopeningContext) -> str:
    return (
        f"D'autres compléments sont déjà attendus pour le dossier {context.dossier.dossier_id} :"
        " une nouvelle demande est possible une fois qu'ils sont parvenus."
    )


def already_decided(context: ReopeningContext) -> Finding | None:
    """COM-10: the committee has neither granted nor refused."""
    decision = context.dossier.decision
    if decision is None:
        return None
    decided = decision.decided
    return breach(
        "COM-10",
        f"L'agrément du dossier {context.dossier.dossier_id} a été"
        f" {COMMITTEE_OUTCOMES[decided.outcome]} par décision du {short_date(decided.decided_on)} :"
        " le dossier ne se complète plus.",
    )


def withdrawn(context: ReopeningContext) -> Finding | None:
    """RET-04: the gestionnaire has not withdrawn the dossier."""
    if not context.dossier.withdrawn:
        return None
    return breach(
        "RET-04",
        f"Le dossier {context.dossier.dossier_id} a été retiré par son gestionnaire :"
        " il ne se complète plus.",
    )


def _reopen(context: ReopeningContext, findings: tuple[Finding, ...]) -> Decision:
    ordered, dossier = context.ordered, context.dossier
    content = content_hash(ordered)
    reopening = Reopening(content=content, due_on=ordered.due_on)
    event = DossierReopened(
        caf=dossier.caf,
        dossier_id=dossier.dossier_id,
        grounds=tuple(
            Ground(rule=complement.rule or NO_RULE, message=complement.message, observed="")
            for complement in ordered.asked
        ),
        due_on=ordered.due_on,
    )
    after = dossier.with_changes(
        complements_awaited=reopening,
        complements_due_on=ordered.due_on,
        complement_orders=(*dossier.complement_orders, content),
    )
    return Decision(states=(after,), events=(event,), findings=findings)


REOPENING = Request(
    context=_context,
    gates=(
        Owner(caf=_caf, sentence=_other_caf, success_text="Le dossier est de la Caf."),
        Once(
            accepted=_accepted,
            sentence=_other_content,
            success_text="Aucun autre complément n'est attendu.",
        ),
        Rule("COM-10", already_decided, "Le comité ne s'est pas prononcé."),
        Rule("RET-04", withdrawn, "Le gestionnaire n'a pas retiré son dossier."),
    ),
    accept=_reopen,
)
"""Reopens a dossier for one revision, or refuses with the first reason."""
