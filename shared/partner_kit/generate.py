"""Write the files generated from the registry: JSON Schemas, AsyncAPI, samples, page, diagram.

python -m shared.partner_kit.generate            writes the files that differ, removes obsolete ones
python -m shared.partner_kit.generate --check    names what differs and exits with 1
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from shared.contracts.asyncapi import document_of
from shared.contracts.contract_docs import contract_page
from shared.contracts.flow_diagram import flow_diagram
from shared.contracts.registry import EVENTS, SERVICES
from shared.contracts.schema import file_of, schema_of
from shared.partner_kit.catalogue import samples
from shared.partner_kit.sample import sample_text

ROOT = Path(__file__).parent.parent.parent
SCHEMAS = Path("shared/contracts/schemas")
ASYNCAPI = Path("shared/contracts/asyncapi")
SAMPLES = Path("shared/contracts/samples")
PAGE = Path("docs/contract.md")
DIAGRAM = Path("docs/events.svg")


def generated() -> dict[Path, str]:
    """Return every generated file, by its path in the repository."""
    schemas = {SCHEMAS / file_of(spec): _json(schema_of(spec)) for spec in EVENTS}
    documents = {ASYNCAPI / f"{service}.yaml": document_of(service) for service in SERVICES}
    sample_files = {SAMPLES / sample.file: sample_text(sample) for sample in samples()}
    return {**schemas, **documents, **sample_files, PAGE: contract_page(), DIAGRAM: flow_diagram()}


def differences(root: Path = ROOT) -> list[Path]:
    """Return the files that are missing, are not as generated, or are left over."""
    expected = generated()
    differ = {path for path, text in expected.items() if _text(root / path) != text}
    return sorted(differ | (set(_present(root)) - expected.keys()))


def write(root: Path = ROOT) -> list[Path]:
    """Write the generated files; return those that differed."""
    expected, differ = generated(), differences(root)
    for path in differ:
        if path in expected:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(expected[path], encoding="utf-8")
        else:
            (root / path).unlink()
    return differ


def main() -> int:
    """Write, or with `--check` compare; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if it would")
    if parser.parse_args().check:
        differ = differences()
        sys.stdout.writelines(f"{path} is not as generated\n" for path in differ)
        return 1 if differ else 0
    sys.stdout.writelines(f"{path}\n" for path in write())
    return 0


def _present(root: Path) -> Iterator[Path]:
    for folder in (SCHEMAS, ASYNCAPI, SAMPLES):
        yield from (path.relative_to(root) for path in (root / folder).glob("*.*"))


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _json(schema: object) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
