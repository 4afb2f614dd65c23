"""The reports of `clas conformance`: tables for people, a JSON document for programs."""

from collections.abc import Mapping, Sequence

from services.cli.publish import counted
from shared.console.terminal import add, echo, new_table, show, warn
from shared.contracts.asyncapi import EXCHANGE
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
        columns = ("line", "event", "id", "verdict", "routing key")
        table = new_table(*columns, right=("line",), whole=("verdict",))
        rows = _table_rows(verdicts)
        for verdict in rows:
            key = verdict.routing_key or "–"
            add(table, str(verdict.line), verdict.event, verdict.id or "–", _verdict(verdict), key)
        if rows:
            show(table)
        if more := len(verdicts) - len(rows):
            echo(f"… and {counted(more, 'more event')}; --json has them all.")
        _print_remarks(file, verdicts)
        echo(f"{file}: {counted(len(verdicts), 'event')}, {_conformity(verdicts)}.")
    if not files:
        return
    needed = properties("that of the event")
    property_texts = ", ".join(f"{name} = {value}" for name, value in needed.items())
    echo(f"Publish to the exchange {EXCHANGE} with: {property_texts}.")


def files_document(files: Mapping[str, Sequence[Verdict]], faults: Mapping[str, str]) -> Document:
    """Return the verdicts as JSON; `faults` say what is wrong with whole files."""
    return {
        "conforms": not faults
        and all(each.conforms for verdicts in files.values() for each in verdicts),
        "files": [
            {
                "file": file,
                "fault": faults.get(file),
                "events": [each.document() for each in files.get(file, ())],
            }
            for file in (*files, *(file for file in faults if file not in files))
        ],
    }


def print_run(outcomes: Sequence[Outcome]) -> None:
    """Print expected and received answers of each sample, then each difference."""
    table = new_table(
        *("no.", "message", "expected", "received", "verdict"), right=("no.",), whole=("verdict",)
    )
    for outcome in outcomes:
        sample, style = outcome.sample, "red" if outcome.faults else ""
        expected = expected_answers(sample.expected)
        cells = (sample.name, expected, received_answers(outcome.received), _outcome(outcome))
        add(table, f"{sample.number:03d}", *cells, style=style)
    show(table)
    for outcome in outcomes:
        for fault in outcome.faults:
            warn(f"{outcome.sample.number:03d} {outcome.sample.name}: {fault}")


def print_leftovers(outcomes: Sequence[Outcome], run: Run) -> None:
    """Print the dead letters that the run leaves, and how to remove them."""
    echo(
        f"What stays: entries and dossiers of the Caf {run.caf}, all of whose ids begin with"
        f" {run.prefix}; the archive and the stream clas.log keep them."
    )
    for service, count in dead_letters_left(outcomes).items():
        letters = counted(count, "dead letter")
        echo(f"• {letters} of {service}; remove them with:")
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
        return "does not conform"
    return "conforms, with warnings" if verdict.warnings else "conforms"


def _conformity(verdicts: Sequence[Verdict]) -> str:
    """Return `all conform`, or how many events do not."""
    wrong = sum(not each.conforms for each in verdicts)
    if wrong:
        return f"{wrong:,} {'does' if wrong == 1 else 'do'} not conform"
    return "all conform" if len(verdicts) > 1 else "it conforms"


def _outcome(outcome: Outcome) -> str:
    if outcome.not_sent:
        return "not sent"
    return "differs" if outcome.faults else "conforms"


def _print_remarks(file: str, verdicts: Sequence[Verdict]) -> None:
    remarks = [
        f"{file}, line {verdict.line}: {kind}{remark}"
        for verdict in verdicts
        for kind, remarks in (("", verdict.errors), ("warning: ", verdict.warnings))
        for remark in remarks
    ]
    for remark in remarks[:REMARKS_MAX]:
        warn(remark)
    if len(remarks) > REMARKS_MAX:
        warn(f"… and {counted(len(remarks) - REMARKS_MAX, 'more remark')}; --json has them all")
