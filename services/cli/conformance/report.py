"""The reports of `clas conformance`: tables for people, a JSON document for programs."""

from collections.abc import Mapping, Sequence

from shared.console.terminal import add, echo, new_table, show, warn
from shared.contracts.asyncapi import EXCHANGE
from shared.french import counted
from shared.partner_kit.diff import expected_answers, received_answers
from shared.partner_kit.file_validation import Verdict, properties
from shared.partner_kit.runner import Outcome, Run, dead_letters_left
from shared.partner_kit.sample import Document

REMARKS_MAX = 100
ROWS_MAX = 200


def print_verdicts(files: Mapping[str, Sequence[Verdict]]) -> None:
    """Print the verdict on each event of each file, then errors and warnings."""
    for file, verdicts in files.items():
        echo(file, style="bold")
        columns = ("ligne", "événement", "id", "verdict", "clé de routage attendue")
        table = new_table(*columns, right=("ligne",), whole=("verdict",))
        rows = _table_rows(verdicts)
        for verdict in rows:
            key = verdict.routing_key or "–"
            add(table, str(verdict.line), verdict.event, verdict.id or "–", _verdict(verdict), key)
        if rows:
            show(table)
        if more := len(verdicts) - len(rows):
            echo(f"… et {counted(more, 'autre événement', 'autres événements')}, que --json donne.")
        _print_remarks(file, verdicts)
        bad = sum(not each.conforms for each in verdicts)
        wrong = counted(bad, "non conforme", "non conformes") if bad else "aucun non conforme"
        echo(f"{file} : {counted(len(verdicts), 'événement')}, dont {wrong}.")
    needed = properties("celui de l’événement")
    property_texts = ", ".join(f"{name} = {value}" for name, value in needed.items())
    echo(f"À publier sur l’échange {EXCHANGE} avec : {property_texts}.")


def files_document(files: Mapping[str, Sequence[Verdict]]) -> Document:
    """Return the verdicts as JSON."""
    return {
        "conforms": all(each.conforms for verdicts in files.values() for each in verdicts),
        "files": [
            {"file": file, "events": [each.document() for each in verdicts]}
            for file, verdicts in files.items()
        ],
    }


def print_run(outcomes: Sequence[Outcome]) -> None:
    """Print expected and received answers of each sample, then each difference."""
    table = new_table(
        *("n°", "message", "attendu", "reçu", "verdict"), right=("n°",), whole=("verdict",)
    )
    for outcome in outcomes:
        sample, style = outcome.sample, "red" if outcome.faults else ""
        expected = expected_answers(sample.expected)
        cells = (sample.name, expected, received_answers(outcome.received), _outcome(outcome))
        add(table, f"{sample.number:03d}", *cells, style=style)
    show(table)
    for outcome in outcomes:
        for fault in outcome.faults:
            warn(f"{outcome.sample.number:03d} {outcome.sample.name} : {fault}")


def print_leftovers(outcomes: Sequence[Outcome], run: Run) -> None:
    """Print the dead letters that the run leaves, and how to remove them."""
    echo(
        f"Ce qui reste : les écritures et dossiers de la Caf {run.caf}, dont tous les "
        f"identifiants commencent par {run.prefix} ; l’archive et le flux clas.log les gardent."
    )
    for service, count in dead_letters_left(outcomes).items():
        letters = counted(count, "lettre morte", "lettres mortes")
        echo(f"• {letters} du service {service} ; les retirer :")
        echo(f"clas dead-letters drop {service} {run.prefix} --beginning --yes", indent=4)


def run_document(outcomes: Sequence[Outcome], run: Run) -> Document:
    """Return the outcomes of a run as JSON."""
    return {
        "conforms": not any(each.faults for each in outcomes),
        "caf": run.caf,
        "run": run.prefix,
        "samples": [
            {
                "number": outcome.sample.number,
                "name": outcome.sample.name,
                "conforms": not outcome.faults,
                "expected": outcome.sample.expected.model_dump(mode="json"),
                "received": outcome.received,
                "faults": outcome.faults,
            }
            for outcome in outcomes
        ],
    }


def _table_rows(verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
    """Return the verdicts that the table shows: of a long file, those with errors or warnings."""
    if len(verdicts) <= ROWS_MAX:
        return verdicts
    return [each for each in verdicts if each.errors or each.warnings][:ROWS_MAX]


def _verdict(verdict: Verdict) -> str:
    if not verdict.conforms:
        return "non conforme"
    return "conforme, à relire" if verdict.warnings else "conforme"


def _outcome(outcome: Outcome) -> str:
    if outcome.not_sent:
        return "pas envoyé"
    return "différent" if outcome.faults else "conforme"


def _print_remarks(file: str, verdicts: Sequence[Verdict]) -> None:
    remarks = [
        f"{file}, ligne {verdict.line} : {kind}{remark}"
        for verdict in verdicts
        for kind, remarks in (("", verdict.errors), ("attention, ", verdict.warnings))
        for remark in remarks
    ]
    for remark in remarks[:REMARKS_MAX]:
        warn(remark)
    if len(remarks) > REMARKS_MAX:
        warn(f"… et {len(remarks) - REMARKS_MAX} autres remarques ; --json les donne toutes")
