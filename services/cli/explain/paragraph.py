"""Parts of the paragraph about a decision that several audiences read."""

from collections.abc import Iterable, Iterator

from services.cli.explain.sentences import minimal_change_texts
from services.cli.explain.ways_out import way_out_texts
from shared.contracts.base import WireModel
from shared.contracts.labels import PRODUCERS
from shared.contracts.legal_dates import legal_date
from shared.contracts.sentences.by_event import sentences_of
from shared.counterfactual.decision import StoredDecision
from shared.french import long_date, moment


def head(decision: StoredDecision) -> str:
    """Return the event decided on, the service and its dates."""
    return f"{decision.name}, {PRODUCERS[decision.service.name]}. {dates(decision)}"


def dates(decision: StoredDecision) -> str:
    """Return the day that counts, of the answer, its request or the cause, then the processing."""
    stated = (*map(legal_date, decision.events), decision.day)
    day = next((f"Date retenue : {long_date(on)} ; traité" for on in stated if on), "Traité")
    return f"{day} le {moment(decision.at)}."


def title(decision: StoredDecision, events: Iterable[WireModel]) -> str:
    """Return the titles of the events, that of the message where there is no event."""
    titles = dict.fromkeys(sentences_of(event).title for event in events)
    return " ; ".join(titles) or sentences_of(decision.event.data).title


def next_lines(decision: StoredDecision) -> Iterator[str]:
    """Yield the smallest changes of the decision, then what may be done next."""
    yield from (f"Plus petit changement : {line}" for line in minimal_change_texts(decision))
    yield from way_out_texts(decision)


def shared_lines(decision: StoredDecision) -> Iterator[str]:
    """Yield the part about this dossier of a decision about several."""
    if not decision.exclusive:
        subjects = len(decision.record.dossier_ids)
        yield f"Décision commune à {subjects} dossiers ; pour celui-ci :"
        yield from (line for event in decision.events for line in sentences_of(event).lines)
