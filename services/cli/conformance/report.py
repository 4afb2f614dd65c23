"""The verdicts in words: a table for people, one JSON document for programs."""

from collections import Counter
from collections.abc import Mapping, Sequence

import orjson

from shared.console.terminal import add, console, echo, new_table, show, warn
from shared.contracts.asyncapi import EXCHANGE
from shared.french import counted
from shared.partner_kit.diff import expected_answers, told
from shared.partner_kit.file_validation import Verdict, properties
from shared.partner_kit.runner import Outcome, Run
from shared.partner_kit.sample import Document

REMARKS_MAX = 100
ROWS_MAX = 200


def print_verdicts(files: Mapping[str, Sequence[Verdict]]) -> None:
    """Print the verdict on each event of each file, then what is wrong and what to look at."""
    for file, verdicts in files.items():
        echo(file, style="bold")
        columns = ("ligne", "événement", "id", "verdict", "clé de routage attendue")
        table = new_table(*columns, right=("ligne",), whole=("verdict",))
        listed = _listed(verdicts)
        for each in listed:
            key = each.routing_key or "–"
            add(table, str(each.line), each.event, each.id or "–", _verdict(each), key)
        if listed:
            show(table)
        if more := len(verdicts) - len(listed):
            echo(f"… et {counted(more, 'autre événement', 'autres événements')}, que --json donne.")
        _tell_remarks(file, verdicts)
        bad = sum(not each.conforms for each in verdicts)
        wrong = counted(bad, "non conforme", "non conformes") if bad else "aucun non conforme"
        echo(f"{file} : {counted(len(verdicts), 'événement')}, dont {wrong}.")
    needed = properties("celui de l’événement")
    told_so = ", ".join(f"{name} = {value}" for name, value in needed.items())
    echo(f"À publier sur l’échange {EXCHANGE} avec : {told_so}.")


def files_document(files: Mapping[str, Sequence[Verdict]]) -> Document:
    """Return the same for a program."""
    return {
        "conforms": all(each.conforms for verdicts in files.values() for each in verdicts),
        "files": [
            {"file": file, "events": [each.document() for each in verdicts]}
            for file, verdicts in files.items()
        ],
    }


def print_run(outcomes: Sequence[Outcome]) -> None:
    """Print what was owed and received for each sample, then each difference."""
    table = new_table(
        *("n°", "message", "attendu", "reçu", "verdict"), right=("n°",), whole=("verdict",)
    )
    for each in outcomes:
        sample, style = each.sample, "red" if each.faults else ""
        expected = expected_answers(sample.expected)
        cells = (sample.name, expected, told(each.received), _outcome(each))
        add(table, f"{sample.number:03d}", *cells, style=style)
    show(table)
    for each in outcomes:
        for fault in each.faults:
            warn(f"{each.sample.number:03d} {each.sample.name} : {fault}")


def print_leftovers(outcomes: Sequence[Outcome], run: Run) -> None:
    """Print what the run leaves on the system, and how it is cleaned."""
    echo(
        f"Ce qui reste : les écritures et dossiers de la Caf {run.caf}, dont tous les "
        f"identifiants commencent par {run.prefix} ; l’archive et le flux clas.log les gardent."
    )
    queues = (each.sample.expected.dead_letters for each in outcomes if not each.not_sent)
    for queue, count in sorted(Counter(filter(None, queues)).items()):
        service = queue.split(".")[1]
        letters = counted(count, "lettre morte", "lettres mortes")
        echo(f"• {letters} du service {service} ; les retirer :")
        echo(f"clas dead-letters drop {service} {run.prefix} --beginning --yes", indent=4)


def run_document(outcomes: Sequence[Outcome], run: Run) -> Document:
    """Return the run for a program."""
    return {
        "conforms": not any(each.faults for each in outcomes),
        "caf": run.caf,
        "run": run.prefix,
        "samples": [
            {
                "number": each.sample.number,
                "name": each.sample.name,
                "conforms": not each.faults,
                "expected": each.sample.expected.model_dump(mode="json"),
                "received": each.received,
                "faults": each.faults,
            }
            for each in outcomes
        ],
    }


def print_document(document: Document) -> None:
    """Print a document for a program: nothing else is on standard output."""
    console.out(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode(), highlight=False)


def _listed(verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
    """Return what the table has room for: of a long file, what deserves a look."""
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


def _tell_remarks(file: str, verdicts: Sequence[Verdict]) -> None:
    remarks = [
        f"{file}, ligne {each.line} : {kind}{remark}"
        for each in verdicts
        for kind, remarks in (("", each.errors), ("attention, ", each.warnings))
        for remark in remarks
    ]
    for remark in remarks[:REMARKS_MAX]:
        warn(remark)
    if len(remarks) > REMARKS_MAX:
        warn(f"… et {len(remarks) - REMARKS_MAX} autres remarques ; --json les donne toutes")
