"""Errors in a case name the part and what is possible, in French."""

from pathlib import Path
from typing import Any

import pytest

from services.cli.cases.mapping import AMOUNT, DAY, MOMENT, SHARE, CaseError, Codec
from services.cli.cases.run import answers, compare, differences, load
from shared.yaml import parse_yaml

PERIOD = {"nom": "Essai", "période": "2025-2026"}


def _case(text: str) -> dict[str, Any]:
    return {**PERIOD, "attendu": {}, **(parse_yaml(text, "essai.yaml") or {})}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "étant donné: {projets: {}}",
            "étant donné : « projets » n’est pas connu ; peut-être « projet »",
        ),
        (
            "étant donné: {projet: {rurale: oui}}",
            "projet : « rurale » n’est pas connu ; peut-être « rural »",
        ),
        (
            "étant donné: {projet: {rural: peut-être}}",
            "projet, rural : « peut-être » n’a pas de sens",
        ),
        ("étant donné: {collectifs: {enfants: 7}}", "collectifs : une liste de lignes"),
        ("étant donné: {collectifs: [{coût prévisionnel: 9000.5}]}", "un montant s’écrit 2 758,25"),
        (
            "étant donné: {dossier: {signé le: 31 août}}",
            "dossier, signé le : « 31 août » n’a pas de sens ici",
        ),
        ("étant donné: {gestionnaire: {nature: club}}", "gestionnaire, nature : « club »"),
        ("ensuite: [{commission: {}}]", "ensuite : « commission » n’est pas connu ; possibles : "),
        ("ensuite: [{comité: {}, convention: {}}]", "un seul événement par tiret"),
        ("ensuite: [{compléments: {campagne: {}}}]", "compléments : « campagne » n’est pas connu"),
        ("ensuite: [{comité: accordé}]", "comité : des lignes « mot : valeur » sont attendues"),
        (
            "étant donné: {collectifs: [{enfants: 0}]}",
            "le contrat refuse cet événement (data.collectifs",
        ),
        ("attendu: {PS: 1}", "attendu : « PS » n’est pas connu ; peut-être « Ps »"),
        ("attendu: {montant: 1}", "attendu : « montant » n’est pas connu ; possibles : "),
    ],
)
async def test_a_part_without_meaning_is_named_in_the_error(text: str, message: str) -> None:
    with pytest.raises(CaseError) as fault:
        await differences(_case(text))

    assert message in str(fault.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nom: [", "x.yaml : ce n’est pas du YAML en UTF-8 (ligne 1, colonne 7)"),
        ("- nom: x", "des lignes « mot : valeur » sont attendues"),
        ("nom: x\npériode: 2025-2026", "il manque attendu"),
        ("nom: x\npériode: 2025\nattendu: {Ps: 1}", "une année scolaire s’écrit 2025-2026"),
        ("nom: x\ndonné: 1", "« donné » n’est pas connu"),
    ],
)
def test_a_file_that_is_no_case_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(CaseError) as fault:
        load(tmp_path / "x.yaml")

    assert message in str(fault.value)


async def test_a_difference_is_reported_with_both_values() -> None:
    expected = "{Ps: '2 758,26', collectifs: {C1: inéligible}, solde: soldé}"
    case = _case(f"ensuite: [comité]\nattendu: {expected}")

    assert await differences(case) == [
        "Ps : attendu 2 758,26, obtenu 2 758,25",
        "collectifs, C1 : attendu inéligible, obtenu éligible",
        "solde : attendu soldé, obtenu rien",
    ]


async def test_only_expected_questions_are_compared() -> None:
    assert await differences(_case("attendu: {recevabilité: recevable}")) == []
    assert (await answers(_case("")))["éligibilité"] == "éligible"


def test_notations_of_one_amount_are_equal_and_the_order_of_outcomes_counts() -> None:
    actual = {"Ps": "9 000,00", "acompte": ["accordé", "refusé (ACO-01)"], "écritures": ["b", "a"]}

    assert not list(compare({"Ps": 9000, "écritures": ["a", "b"]}, actual))
    assert list(compare({"acompte": ["refusé (ACO-01)", "accordé"]}, actual))
    assert not list(compare({"bonus": "rien"}, actual))


@pytest.mark.parametrize(
    ("codec", "text", "value"),
    [
        (AMOUNT, "2 758,25", "2758.25"),
        (AMOUNT, "-0,50", "-0.50"),
        (AMOUNT, "-1 234,00", "-1234.00"),
        (DAY, "20/11/2025", "2025-11-20"),
        (MOMENT, "31/08/2025 23:59:59", "2025-08-31T23:59:59+02:00"),
        (MOMENT, "15/01/2026 08:30", "2026-01-15T08:30:00+01:00"),
        (SHARE, "50,5 %", "0.505"),
        (SHARE, "0 %", "0"),
        (SHARE, "100 %", "1"),
    ],
)
def test_a_codec_reads_what_it_writes(codec: Codec, text: str, value: str) -> None:
    assert codec.read(text) == value
    assert codec.write(value) == text
