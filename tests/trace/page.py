"""docs/rules.md: the trace of every rule, for people. Written in French, as the rules are."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from services.cli.rules.catalogue import Rule, choices, documents, own_rules, rules
from shared.french import typeset
from tests.trace.in_code import ROOT
from tests.trace.table import Row, traced

PAGE = Path("docs/rules.md")
KINDS = {
    "blocking": "bloquante",
    "computation": "calcul",
    "parameter": "paramètre",
    "workflow": "procédure",
    "soft": "signalement",
    "record": "trace à tenir",
    "information": "information",
}
HEAD = """# Les règles et leur trace

<!-- Page générée : `make rules`. Les textes sont dans services/cli/rules. -->

Chaque règle des cinq documents : ce qu’elle dit, ce que le système en fait, le code qui l’applique
et le test qui le montre. Une règle est **appliquée**, revient à une **personne** à qui le système
la demande, ou n’est qu’une **information**. La *preuve* est le test qui échoue quand on rompt la
règle à sa ligne de code (`make proofs` : chaque règle appliquée, une à une). Les références sont
les premières de chaque sorte ; `module:fonction` est à lire dans le dossier du même nom.
"""


def page(root: Path = ROOT) -> str:
    """Return the page as it should be."""
    rows = traced(root)
    return "\n".join([HEAD, *_summary(), *_bodies(rows), *_own(rows), *_choices()]) + "\n"


def _summary() -> Iterator[str]:
    yield "| document | règles | appliquées | à une personne | information |"
    yield "|---|---:|---:|---:|---:|"
    for key, document in documents().items():
        yield _counts(document.title, [each for each in rules().values() if each.document == key])
    yield _counts("**ensemble**", list(rules().values()))


def _counts(name: str, counted: list[Rule]) -> str:
    places = [each.place for each in counted]
    numbers = (len(places), *(places.count(it) for it in ("applied", "person", "information")))
    return _line(name, *map(str, numbers))


def _bodies(rows: dict[str, Row]) -> Iterator[str]:
    for body, group in groupby(rules().values(), key=lambda rule: rule.id.partition("-")[0]):
        yield from ("", f"## {body}", "", "| règle | ce qu’elle dit | ce qui en est fait |")
        yield "|---|---|---|"
        for rule in group:
            yield _line(f"**{rule.id}**<br>{KINDS[rule.kind]}", _statement(rule), _done(rule, rows))


def _statement(rule: Rule) -> str:
    return f"{rule.title}<br>{documents()[rule.document].short} : *« {rule.quote} »*"


def _done(rule: Rule, rows: dict[str, Row]) -> str:
    if rule.information:
        return f"Information : {rule.information}"
    head = f"Personne : {rule.person}." if rule.person else "Appliquée"
    head += f" avec {', '.join(rule.with_)}." if rule.with_ else "" if rule.person else "."
    return "<br>".join([f"{head} {rule.note or ''}".strip(), *_references(rows[rule.id])])


def _references(row: Row) -> Iterator[str]:
    if row.code:
        yield f"code {_quoted(row.code)}"
    if row.proof:
        yield f"preuve {_quoted([row.proof])}"
    if row.tests:
        yield f"test {_quoted(row.tests)}"


def _own(rows: dict[str, Row]) -> Iterator[str]:
    yield from (
        "",
        "## Règles du système",
        "",
        "Aucun texte ne les donne, un programme en a besoin.",
    )
    yield from ("", "| règle | ce qu’elle dit | trace |", "|---|---|---|")
    for rule, own in own_rules().items():
        yield _line(f"**{rule}**", own.title, "<br>".join(_references(rows[rule])))


def _choices() -> Iterator[str]:
    yield from ("", "## Choix", "", "Ce qui a été décidé là où un texte laisse un point ouvert.")
    yield from ("", "| choix | règle | ce qui a été décidé |", "|---|---|---|")
    for name, choice in choices().items():
        yield _line(f"**{name}**", choice.rule, choice.choice)


def _quoted(references: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in references)


def _line(*cells: str) -> str:
    return typeset(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
