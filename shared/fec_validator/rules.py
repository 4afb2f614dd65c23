"""The rules of the validator, with the result of the administration's own tool for each."""

from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.yaml import read_yaml

Severity = Literal["erreur", "alerte", "non lu"]


class Rule(BaseModel):
    """One rule: an `erreur` makes the administration refuse the file, an `alerte` does not.

    `non lu` is a form that the law allows and this validator does not read.
    `tool` is the message of Test Compta Demat, the tool of the DGFiP, or what it does instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    severity: Severity
    requirement: str
    tool: str


def _read() -> dict[str, Rule]:
    rows = read_yaml(files(__package__).joinpath("rules.yaml"))
    return {id_: Rule(id=id_, **row) for id_, row in rows.items()}


RULES: dict[str, Rule] = _read()


def rules_table() -> str:
    """Return the rules as a Markdown table; docs/fec.md contains it verbatim."""
    head = ("| règle | gravité | ce qui est demandé | l’outil de la DGFiP |", "|---|---|---|---|")
    rows = (f"| {r.id} | {r.severity} | {r.requirement} | {r.tool} |" for r in RULES.values())
    return "\n".join((*head, *rows))
