"""One JSON document on standard output, for programs; docs/reference/json.md has the shapes."""

from typing import Annotated, Any

import typer
from pydantic import TypeAdapter

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
"""The option of every command that has such a document."""


def print_json(document: Any) -> None:
    """Print a document, the only output on standard output.

    Warnings and progress stay on standard error, and exit codes are those of the tables.
    """
    typer.echo(json_bytes(document))


def json_bytes(document: Any) -> bytes:
    """Return a dataclass, model or dictionary as indented UTF-8 JSON, keys in their order.

    Amounts are strings with two decimals; days and instants are ISO 8601.
    """
    return TypeAdapter(type(document)).dump_json(document, indent=2)
