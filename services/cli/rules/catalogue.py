"""The rules of the source documents: their text, and how they are applied.

`texts/` holds the 238 rules, one file per body of rules; `own.yaml` those of the system itself;
`decisions.yaml` the decisions on open points of the texts.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.french import typeset
from shared.yaml import read_yaml

Kind = Literal["blocking", "computation", "parameter", "workflow", "soft", "record", "information"]
Place = Literal["applied", "person", "information"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(_Data):
    """A source document, by its full title and as it is cited."""

    title: str
    short: str


class OwnRule(_Data):
    """A rule of the system itself, and what an explanation says of it.

    `way_out`: what may be done after a refusal by this rule, by request where that differs;
    `late_way_out`: the same once it is too late for that.
    `parameters` are the dated values that the rule compares with.
    """

    title: str
    way_out: str | dict[str, str] | None = None
    late_way_out: str | None = None
    parameters: tuple[str, ...] = ()

    def way_out_of(self, request: str) -> str | None:
        """Return the way out of a refused request, None where there is none."""
        return self.way_out.get(request) if isinstance(self.way_out, dict) else self.way_out


class Rule(OwnRule):
    """A rule: a quotation of its document, and how it is applied.

    `with_` names the rules that apply it too; `person` who decides on it; `information` why no
    program applies it. `code` and `tests` add to the places where its id is written.
    """

    id: str
    kind: Kind
    document: str
    quote: str
    person: str | None = None
    information: str | None = None
    note: str | None = None
    with_: Annotated[tuple[str, ...], Field(alias="with")] = ()
    code: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        """Return who applies the rule: the system, a person, or nobody (information)."""
        if self.information:
            return "information"
        return "person" if self.person else "applied"


class Choice(_Data):
    """A decision on an open point in the text of `rule`."""

    rule: str
    choice: str


@cache
def rules() -> dict[str, Rule]:
    """Return the rules of the documents by id, body after body."""
    texts = sorted((_DATA / "texts").iterdir(), key=lambda file: file.name)
    return {
        id_: Rule.model_validate({"id": id_, **row})
        for text in texts
        for id_, row in _read(text).items()
    }


@cache
def documents() -> dict[str, Document]:
    """Return the source documents by key."""
    rows = _read(_DATA / "documents.yaml")
    return {key: Document.model_validate(row) for key, row in rows.items()}


@cache
def own_rules() -> dict[str, OwnRule]:
    """Return the rules of the system itself by id."""
    rows = _read(_DATA / "own.yaml")
    return {id_: OwnRule.model_validate(row) for id_, row in rows.items()}


def rule_of(rule: str) -> OwnRule | None:
    """Return a rule of a document or of the system, None when unknown."""
    return rules().get(rule) or own_rules().get(rule)


@cache
def choices() -> dict[str, Choice]:
    """Return the decisions taken where a text is open, by id."""
    rows = _read(_DATA / "decisions.yaml")
    return {key: Choice.model_validate(row) for key, row in rows.items()}


def title(rule: str) -> str | None:
    """Return the French title of a rule of a document or of the system, None when unknown."""
    known_rule = rule_of(rule)
    return typeset(known_rule.title) if known_rule else None


def citation(rule: str) -> str | None:
    """Return the document and the quotation, None for a rule that is in no document."""
    if not (quoted_rule := rules().get(rule)):
        return None
    return typeset(f"{documents()[quoted_rule.document].short} : « {quoted_rule.quote} »")


def choices_on(rule: str) -> tuple[str, ...]:
    """Return the decisions on the open points of a rule."""
    return tuple(typeset(each.choice) for each in choices().values() if each.rule == rule)


_DATA: Traversable = files("services.cli.rules")


def _read(file: Traversable) -> dict[str, Any]:
    document: dict[str, Any] = read_yaml(file)
    return document
