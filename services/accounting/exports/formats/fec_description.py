"""The description that must accompany a FEC (article A47 A-1, II): fields, codes, encoding."""

from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.accounting.exports.formats.fec_texts import EQUIVALENTS
from shared.fec_validator import ENCODINGS, SEPARATORS, Encoding, Separator
from shared.yaml import read_yaml

TITLE = "Description du fichier des écritures comptables (article A47 A-1 du LPF)"
STRUCTURE = """Structure : fichier à plat, une seule structure d’enregistrement, longueur variable.
Première ligne : le nom des zones ; puis une ligne par ligne d’écriture, dans l’ordre de validation.
Nombres : base décimale, virgule, deux décimales, sans séparateur de milliers ni signe.
Dates : AAAAMMJJ."""
CODES = """Codes :
- CLAS : le journal, le seul de ce fichier.
- SF, T : les registres comptables de la Caf, comme la circulaire Cnaf 2021-006 les nomme."""


class Field(BaseModel):
    """The content of one field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["texte", "date", "nombre"]
    holds: str


def fields() -> dict[str, Field]:
    """Return the fields of the FEC in their order."""
    rows = read_yaml(files("services.accounting.exports.formats").joinpath("fec_fields.yaml"))
    return {name: Field(**row) for name, row in rows.items()}


def fields_table() -> str:
    """Return the fields as a Markdown table; docs/fec.md contains it verbatim."""
    rows = (f"| {name} | {each.kind} | {each.holds} |" for name, each in fields().items())
    return "\n".join(("| champ | nature | ce qu’il porte |", "|---|---|---|", *rows))


def fec_description(separator: Separator, encoding: Encoding) -> str:
    """Return the description, in French, of a file with this separator and encoding."""
    zone_lines = (
        f"{rank:2}. {name} ({field.kind}) : {field.holds}"
        for rank, (name, field) in enumerate(fields().items(), 1)
    )
    zones = "\n".join(("Zones, dans l’ordre :", *zone_lines))
    return (
        "\n\n".join((TITLE, f"{_encoding_text(separator, encoding)}\n{STRUCTURE}", zones, CODES))
        + "\n"
    )


def _encoding_text(separator: Separator, encoding: Encoding) -> str:
    lines = [
        f"Jeu de caractères : {ENCODINGS[encoding]}, sans marque d’ordre des octets.",
        f"Séparateur de zone : {SEPARATORS[separator]}. Fin d’enregistrement : CR LF.",
    ]
    if encoding != "utf-8":
        pairs = ", ".join(f"U+{ord(a):04X} → {_plain(b)}" for a, b in EQUIVALENTS.items())
        lines.append(f"Signes typographiques écrits par un équivalent : {pairs}.")
    return "\n".join(lines)


def _plain(text: str) -> str:
    return "U+00A0" if text == "\N{NO-BREAK SPACE}" else text
