"""The JSON document of `clas explain`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.cli.explain.audiences import Audience, explanation
from services.cli.explain.conditions import condition_texts
from services.cli.explain.ways_out import WayOut, ways_out
from shared.contracts.sentences.text import Sentences
from shared.counterfactual.decision import StoredDecision
from shared.kernel.decision import Outcome


@dataclass(frozen=True, slots=True)
class ExplainedFinding:
    """One rule applied: a check with its outcome, or a computation with its amounts.

    `message`, `observed` and `expected` are French texts; the last two are blank where nothing was
    compared. `amounts` maps a name to an amount in euros or a share, as text.
    """

    rule: str
    outcome: Outcome
    message: str
    observed: str
    expected: str
    amounts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ExplainedDecision:
    """A decision of a service on a message, and the findings of its rules.

    `receipt` is the hash of what was stored; `intact`: it still has that hash. No rules are listed
    of a decision on many dossiers. `conditions`: its motive and conditions in French.
    """

    service: str
    event: str
    message_id: str
    decided_at: datetime
    receipt: str
    intact: bool
    rules: tuple[ExplainedFinding, ...]
    conditions: tuple[str, ...]
    ways_out: tuple[WayOut, ...]


@dataclass(frozen=True, slots=True)
class ExplainDocument:
    """The decisions on a dossier, oldest first, and their explanation in French."""

    dossier_id: str
    audience: Audience
    decisions: tuple[ExplainedDecision, ...]
    paragraphs: tuple[Sentences, ...]


def explain_document(
    dossier_id: str, audience: Audience, decisions: Sequence[StoredDecision]
) -> ExplainDocument:
    """Return the document of decisions for one audience."""
    explained = tuple(map(_decision, decisions))
    return ExplainDocument(dossier_id, audience, explained, tuple(explanation(audience, decisions)))


def _decision(decision: StoredDecision) -> ExplainedDecision:
    return ExplainedDecision(
        service=decision.service.name,
        event=decision.name,
        message_id=decision.record.key.id,
        decided_at=decision.at,
        receipt=decision.receipt.hash,
        intact=decision.intact,
        rules=tuple(ExplainedFinding(*finding) for finding in decision.findings),
        conditions=tuple(condition_texts(decision)),
        ways_out=ways_out(decision),
    )
