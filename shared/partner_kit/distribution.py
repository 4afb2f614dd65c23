"""The kit as a folder: contract, schemas, AsyncAPI documents, samples and a README."""

import re
from collections.abc import Mapping
from pathlib import Path

from shared.partner_kit.catalogue import samples
from shared.partner_kit.generate import ASYNCAPI, PAGE, SAMPLES, SCHEMAS, generated
from shared.partner_kit.sample import CAF, RUN, Answer, Sample

README = "README.md"
FOLDERS = {SCHEMAS: "schemas", ASYNCAPI: "asyncapi", SAMPLES: "samples"}
README_TEMPLATE = """# Le kit du contrat CLAS

Ce que publient et entendent les partenaires de CLAS (Elan, Caf, Cnaf, comités, logiciels
comptables), avec de quoi vérifier un programme sans rien installer d’autre qu’un client AMQP.

| fichier | contenu |
|---|---|
| `contrat.md` | le contrat, pour les personnes |
| `asyncapi/` | un document AsyncAPI 3 par service |
| `schemas/` | un schéma JSON (2020-12) par événement, enveloppe CloudEvents comprise |
| `samples/` | {count} messages, valides ou non, avec la réponse attendue |

## Vérifier ses propres fichiers

    clas conformance mes-evenements.jsonl

Chaque événement est jugé sans aucun serveur ; le code de retour est 1 si l’un ne convient pas,
et `--json` donne le rapport à un programme. Sans `clas`, un validateur JSON Schema suffit pour
les formes ; les règles que les schémas ne disent pas (clé du Siret, années qui se suivent,
répétitions) sont montrées par les messages invalides.

## Jouer les messages

Dans l’ordre des numéros, chacun après la réponse au précédent :

    clas conformance --run

fait tout cela sur un système qui tourne, et compare les réponses. Pour le faire soi-même :

- publier `body` (en JSON UTF-8), ou les octets de `body_base64`, sur l’échange `clas.events`,
  sous la clé `routing_key`, avec les `properties` AMQP données ;
- remplacer partout `{run}` par un mot neuf de la même forme : les mêmes `id` ne disent rien deux
  fois. La Caf des messages, `{caf}`, n’existe pas ; une autre, réservée aux essais, peut prendre
  sa place ;
- `takes` : un champ dont la valeur vient d’une réponse reçue plus tôt ;
- `expected.answers` : tout ce qui est dit à cause du message, dans n’importe quel ordre. `rules`
  sont les règles d’un refus, `errors` les chemins d’un `MessageRefused`, `data` des champs qui
  doivent avoir ces valeurs. `once`, s’il est là, vaut quand le kit a déjà été joué ;
- `expected.dead_letters` : où le message illisible repose ensuite, et sa raison.

## Les messages

| n° | événement | ce qu’il est | what it is | réponse attendue |
|---|---|---|---|---|
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
    return {README: _readme(), "contrat.md": _without_outside_links(page, kit), **kit}


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
    answers = ", ".join(map(_answer_text, sample.expected.answers)) or "rien"
    number = f"[{sample.number:03d}](samples/{sample.file})"
    return f"| {number} | {sample.event} | {sample.fr} | {sample.en} | {answers} |"


def _answer_text(answer: Answer) -> str:
    within = [*answer.rules, *(f"`{path}`" if path else "le message" for path in answer.errors)]
    return f"{answer.event} ({', '.join(within)})" if within else answer.event
