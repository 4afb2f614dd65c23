"""The rules of the documents: all there, each with its text and its place."""

from collections import Counter
from dataclasses import fields

import pytest

from services.cli.explain.labels import PARAMETERS
from services.cli.rules.catalogue import (
    Rule,
    choices,
    choices_on,
    citation,
    documents,
    own_rules,
    rules,
    title,
)
from services.cli.services import SERVICES_BY_NAME
from shared.contracts.registry import EVENTS
from shared.kernel.effective_dated import ByStartYear

RULES = tuple(rules().values())


def test_all_rules_of_the_five_documents_are_there() -> None:
    bodies = Counter(rule.id.split("-")[0] for rule in RULES)

    assert " ".join(f"{body} {count}" for body, count in sorted(bodies.items())) == (
        "ACO 4 AXE 27 BON 17 CAL 7 CNV 4 COF 4 COM 17 CPT 17 CTL 11 DER 13 ELI 39 ENC 12 ENV 4 "
        "PLU 7 PRX 10 REC 22 REP 13 SOL 3 STA 4 VER 3"
    )
    assert len(RULES) == 238
    assert {rule.document for rule in RULES} == documents().keys()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_that_binds_is_applied_or_has_a_persons_place(rule: Rule) -> None:
    binds = rule.kind not in {"soft", "information"}

    assert not (binds and rule.place == "information")
    if rule.person:
        assert rule.note, "where the person is asked"
        assert rule.code, "what asks them"
    assert not (rule.information and (rule.person or rule.with_ or rule.code or rule.tests))
    assert set(rule.with_) <= rules().keys() | own_rules().keys()


def test_every_rule_that_a_refusal_may_name_has_a_sentence() -> None:
    named = {rule for spec in EVENTS for rule in spec.refusals}

    assert {rule for rule in named if title(rule) is None} == set()


def test_a_rule_of_our_own_is_not_taken_for_one_of_a_document() -> None:
    assert own_rules().keys() & rules().keys() == set()
    assert citation("TEC-01") is None
    assert title("TEC-01") == (
        "Une demande acceptée ne change plus\N{NO-BREAK SPACE}: un autre contenu est refusé"
    )
    assert title("REC-99") is None


def test_a_citation_gives_the_words_of_the_document() -> None:
    assert citation("PRX-07") == (
        "Circulaire Cnaf 2021-006\N{NO-BREAK SPACE}: «\N{NO-BREAK SPACE}Le prix plafond de la "
        "prestation de service Clas est celui de l’année d’ouverture du droit, c’est-à-dire N pour "
        "l’année scolaire de septembre N à juin N+1.\N{NO-BREAK SPACE}»"
    )


def test_a_choice_settles_a_rule_that_exists() -> None:
    assert {each.rule for each in choices().values()} <= rules().keys() | own_rules().keys()
    on_the_date, on_complements = choices_on("REC-07")
    assert "validation par le signataire" in on_the_date
    assert "qui n’ont pas été rejetées" in on_complements
    assert choices_on("REC-02") == ()


def test_every_dated_parameter_has_a_name_and_a_rule_that_reads_it() -> None:
    dated = {
        field.name
        for service in SERVICES_BY_NAME.values()
        if service.parameters
        for field in fields(service.parameters)
        if isinstance(getattr(service.parameters, field.name), ByStartYear)
    }
    named = {name for rule in (rules() | own_rules()).values() for name in rule.parameters}

    assert dated == PARAMETERS.keys()
    # An entry shows its accounts and statistical code itself.
    assert dated - named == {"chart", "statistics"}
    assert named <= dated
