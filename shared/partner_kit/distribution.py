"""The kit as a folder: contract, schemas, AsyncAPI documents, samples and a README."""

import re
from collections.abc import Mapping
from pathlib import Path

from shared.partner_kit.catalogue import samples
from shared.partner_kit.generate import ASYNCAPI, PAGE, SAMPLES, SCHEMAS, generated
from shared.partner_kit.sample import CAF, RUN, Answer, Sample

README = "README.md"
FOLDERS = {SCHEMAS: "schemas", ASYNCAPI: "asyncapi", SAMPLES: "samples"}
README_TEMPLATE = """# The kit of the CLAS contract

What the partners of CLAS (ELAN, Cafs, Cnaf, committees, accounting systems) publish and receive,
and what to test a program with; an AMQP client is all it needs.

| file | content |
|---|---|
| `contract.md` | the contract, for people |
| `asyncapi/` | one AsyncAPI 3 document per service |
| `schemas/` | one JSON Schema (2020-12) per event, with its CloudEvents envelope |
| `samples/` | {count} messages, valid or not, with the expected answer |

## Check files of your own

    clas conformance my-events.jsonl

Each event gets a verdict, without any server; the exit code is 1 if one does not conform, and
`--json` prints the report for a program. Without `clas`, a JSON Schema validator checks the forms;
what the schemas do not say (check digits of a SIRET, years that follow each other, repetitions) is
shown by the invalid samples.

## Run the samples

In the order of their numbers, each after the answer to the one before:

    clas conformance --run

does it all on a running system, and compares the answers. To do it with a program of your own:

- publish `body` (as JSON in UTF-8), or the bytes of `body_base64`, to the exchange `clas.events`,
  under the `routing_key`, with the AMQP `properties` of the sample;
- replace `{run}` everywhere by a new word of the same form: the same `id` is answered once only.
  The Caf of the messages, `{caf}`, does not exist; another one, reserved for tests, may take its
  place;
- `takes`: a field whose value comes from an earlier answer;
- `expected.answers`: all events that the message causes, in any order. `rules` are the rules of a
  refusal, `errors` the paths of a `MessageRefused`, `data` fields that have these values. `once`,
  if present, holds where the kit was run before;
- `expected.dead_letters`: where an invalid message lies then; `reason` says why.

## The messages

| no. | event | what it is | expected answer |
|---|---|---|---|
{rows}
"""


def files() -> dict[str, str]:
    """Return the text of each file of the kit, by its path in the kit."""
    kit = {
        f"{FOLDERS[path.parent]}/{path.name}": text
        for path, text in generated().items()
        if path.parent in FOLDERS
    }
    page = generated()[PAGE]
    for folder, short in FOLDERS.items():
        page = page.replace(f"../{folder}/", f"{short}/").replace(f"`{folder}`", f"`{short}`")
    return {README: _readme(), "contract.md": _without_outside_links(page, kit), **kit}


def write(kit: Mapping[str, str], folder: Path) -> None:
    """Write the files of a kit into a folder.

    Raises:
        FileExistsError: the folder is not empty.
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    for name, text in kit.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _without_outside_links(page: str, kit: Mapping[str, str]) -> str:
    """Return a page without the links that lead out of the kit."""

    def replacement(link: re.Match[str]) -> str:
        return link[0] if link[2].startswith("#") or link[2] in kit else link[1]

    return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", replacement, page)


def _readme() -> str:
    kit_samples = samples()
    rows = "\n".join(map(_row, kit_samples))
    return README_TEMPLATE.format(count=len(kit_samples), run=RUN, caf=CAF, rows=rows)


def _row(sample: Sample) -> str:
    answers = ", ".join(map(_answer_text, sample.expected.answers)) or "nothing"
    number = f"[{sample.number:03d}](samples/{sample.file})"
    return f"| {number} | {sample.event} | {sample.en} | {answers} |"


def _answer_text(answer: Answer) -> str:
    within = [*answer.rules, *(f"`{path}`" if path else "the message" for path in answer.errors)]
    return f"{answer.event} ({', '.join(within)})" if within else answer.event
