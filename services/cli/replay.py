"""`clas replay`: runs every stored decision again; none may differ."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from functools import partial
from typing import Annotated, Literal

import typer

from services.cli.reads import open_all_reads
from services.cli.replay_document import (
    DifferingDecision,
    ReplayDocument,
    differing_decision,
    event_name,
)
from services.cli.services import SERVICES_BY_NAME
from shared.audit.replayed_decisions import PARTS
from shared.console.json_output import AsJson, print_json
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail, progress
from shared.french import counted, moment
from shared.kernel.messages import MessageRecord
from shared.kernel.replay import Difference, Replay, by_another_release
from shared.kernel.settings import Settings

ServiceName = Literal["submission", "eligibility", "funding", "accounting"]
TAMPERED = (
    "L’archive n’est plus ce qui a été écrit : chercher qui a accès à la base, comparer avec une"
    " sauvegarde."
)
CHANGED = (
    "Les règles ne décident plus comme alors : rétablir le code, ou dater la règle de l’année"
    " scolaire à partir de laquelle elle vaut."
)
REVALUED = (
    "Une valeur publiée ne change pas : rétablir le fichier de paramètres, ou dater la nouvelle"
    " valeur de son année."
)
Report = Callable[[str, MessageRecord, Sequence[Difference]], None]
"""Takes the service and the record of a decision that differs, and its differences."""
CONTEXT, EXCERPT = 30, 160
"""Characters shown before the first difference, and in all."""


def replay(
    *,
    service: Annotated[
        ServiceName | None, typer.Option(help="Only the decisions of this service.")
    ] = None,
    caf: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only what came under this Caf.")
    ] = None,
    dossier: Annotated[
        str | None, typer.Option(metavar="ID", help="Only what is about this dossier.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run every stored decision again from its receipt, and report any that differs.

    Each record holds the message, the states and the parameter values that its decision read,
    and its results. The rules and parameters of this program decide again on the same inputs;
    steps, states and events must be the same byte for byte, and so must the hashes. Nothing is
    written. What another release decided, and this one would decide otherwise, is listed apart and
    is no failure. Exit code 1 when another decision differs, or when there is none.
    """
    settings = load_settings()
    names = [service] if service else list(SERVICES_BY_NAME)
    differing: list[DifferingDecision] = []
    earlier: list[DifferingDecision] = []

    def report(name: str, record: MessageRecord, differences: Sequence[Difference]) -> None:
        if by_another_release(record, differences):
            earlier.append(differing_decision(name, record, differences))
            return
        differing.append(differing_decision(name, record, differences))
        if not as_json:
            print_differences(name, record, differences)

    replayed = _replayed(settings, names, report, caf=caf, dossier_id=dossier)
    decided, wrong = run_async(replayed, settings), len(differing)
    if as_json:
        print_json(ReplayDocument(decided, tuple(differing), tuple(earlier)))
    else:
        _print_earlier(earlier)
    if wrong:
        differing_text = counted(wrong, "décision diffère", "décisions diffèrent")
        fail(f"{differing_text}, sur {counted(decided, 'décision recalculée', _MANY)}", Code.WRONG)
    if not decided:
        fail("no decision to replay: is the id right, capitals included?", Code.WRONG)
    if not as_json:
        echo(f"{counted(decided, 'décision recalculée', _MANY)} : {_none_differs(earlier)}.")


_MANY = "décisions recalculées"


def _none_differs(earlier: Sequence[DifferingDecision]) -> str:
    return "aucune autre ne diffère" if earlier else "aucune ne diffère"


def _print_earlier(decisions: Sequence[DifferingDecision]) -> None:
    """Print what another release decided otherwise: counted, then one line each."""
    if decisions:
        count = counted(len(decisions), "décision d’une autre version", _EARLIER)
        echo(f"{count}, que celle-ci prendrait autrement :", style="bold")
    for decision in decisions:
        subject = ", ".join(decision.dossier_ids) or "aucun dossier"
        parts = ", ".join(f"{PARTS[each.part]} {each.name}" for each in decision.differences)
        echo(f"• {subject} : {decision.event}, {moment(decision.decided_at)} : {parts}", indent=2)


_EARLIER = "décisions d’une autre version"


def print_differences(
    service: str, record: MessageRecord, differences: Sequence[Difference]
) -> None:
    """Print a record that differs: its dossiers and event, each difference, the remedies."""
    subject = ", ".join(record.dossier_ids) or "aucun dossier"
    echo(
        f"{subject} : {event_name(record)}, service {service}, {moment(record.handled_at)}",
        style="bold",
    )
    echo(f"message {record.key.id} de {record.key.source}", style="dim", indent=2)
    for difference in differences:
        echo(f"• {_difference_text(difference)}", indent=2)
    for remedy in dict.fromkeys(_remedy(difference) for difference in differences):
        echo(f"→ {remedy}", indent=2)


async def _replayed(
    settings: Settings, services: Iterable[str], report: Report, **scope: str | None
) -> int:
    """Replay the decisions of services; return how many there were."""
    decided = 0
    async with open_all_reads(settings) as reads:
        for name in services:
            with progress() as bar:
                task = bar.add_task(name, total=await reads[name].count_records(**scope))
                records = reads[name].records(**scope)
                decided += await _of_service(name, records, report, partial(bar.advance, task))
    return decided


async def _of_service(
    name: str,
    records: AsyncIterator[MessageRecord],
    report: Report,
    done: Callable[[], None],
) -> int:
    replay_of_service, decided = Replay.of(SERVICES_BY_NAME[name]), 0
    async for record in records:
        decided += 1
        if differences := replay_of_service.differences(record):
            report(name, record, differences)
        done()
    return decided


def _difference_text(difference: Difference) -> str:
    """Return a difference in one line; long values start shortly before they differ."""
    pairs = enumerate(zip(difference.stored, difference.now, strict=False))
    first = next((index for index, (one, other) in pairs if one != other), 0)
    start = max(0, first - CONTEXT)
    stored, now = (_excerpt(text, start) for text in (difference.stored, difference.now))
    part = PARTS[difference.what]
    return f"{part} {difference.name} : conservé « {stored} », recalculé « {now} »"


def _excerpt(text: str, start: int) -> str:
    excerpt = text[start : start + EXCERPT]
    return f"{'…' * (start > 0)}{excerpt}{'…' * (start + EXCERPT < len(text))}"


def _remedy(difference: Difference) -> str:
    if difference.what in {"body", "receipt"}:
        return TAMPERED
    return REVALUED if difference.what == "parameter" else CHANGED
