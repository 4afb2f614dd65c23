"""Whatever a frozen export requires is required at intake: no accepted name blocks a year."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.funding.exports.scdl import Attribuant, Scope, select_subventions
from services.funding.exports.scdl_layout import COLUMNS, cells, csv_content, faults
from services.funding.rights import rights_of
from shared.contracts.base import WireModel
from shared.contracts.caf import ConventionSigned
from shared.contracts.corrections import AgrementImported
from shared.contracts.elan import DossierSubmitted
from shared.contracts.types import INTAKE
from shared.examples import decisions
from shared.examples.changes import Document, changed
from shared.examples.dossier import dossier
from tests.support import samples

CAF = Attribuant(name="Caf de la Seine-Maritime", siret="78213456300017")
FROM_PARTNERS: dict[str, tuple[type[WireModel], Callable[[Document], Document], str]] = {
    "dateConvention": (ConventionSigned, decisions.convention, "signed_on"),
    "nomBeneficiaire": (DossierSubmitted, dict, "gestionnaire.name"),
    "idBeneficiaire": (DossierSubmitted, dict, "gestionnaire.siret"),
}
"""The required columns whose value a partner gives: its event, and the field there."""
OURS = {
    *("nomAttribuant", "idAttribuant"),  # Options of the command.
    *("objet", "montant", "nature", "conditionsVersement", "datesPeriodeVersement"),
    *("notificationUE", "pourcentageSubvention"),
}
"""The required columns whose value CLAS makes."""
NAMES = st.text(st.characters(codec="utf-8"), max_size=40) | st.text(
    alphabet=" \u00a0\u00ad\u200b-.,\n\tAé1", max_size=8
)


def accepted(name: str, title: str) -> tuple[str, str] | None:
    """Return name and title as a dossier that is accepted at intake holds them."""
    document = changed(dossier(), {"gestionnaire.name": name, "project.title": title})
    try:
        data = DossierSubmitted.model_validate_json(_json(document), context=INTAKE)
    except ValidationError:
        return None
    return data.gestionnaire.name, data.project.title


def _json(document: Document) -> bytes:
    return orjson.dumps(document)


def test_each_required_column_has_its_origin() -> None:
    required = {column.name for column in COLUMNS if column.required}

    assert required == FROM_PARTNERS.keys() | OURS


@pytest.mark.parametrize("column", FROM_PARTNERS)
@pytest.mark.parametrize("value", ["", " ", None])
def test_what_an_export_requires_is_required_at_intake(column: str, value: str | None) -> None:
    model, example, where = FROM_PARTNERS[column]
    document = changed(example(dossier()), {where: value})

    with pytest.raises(ValidationError, match=re.escape(where)):
        model.model_validate_json(_json(document), context=INTAKE)


@given(name=NAMES, title=NAMES)
def test_a_name_that_is_accepted_is_exported(name: str, title: str) -> None:
    texts = accepted(name, title)
    assume(texts is not None)
    assert texts is not None
    payee = {"siret": samples.SIRET, "name": texts[0], "kind": "association"}
    agrement = samples.agrement(gestionnaire=payee).with_changes(
        project=samples.agrement().project.with_changes(title=texts[1])
    )
    messages = (agrement, samples.funding_granted(gestionnaire=payee), samples.convention())

    (row,) = select_subventions(rights_of(messages), 2025, Scope(threshold=None)).rows

    assert (row.convention_date, row.amount) == (date(2025, 10, 20), Decimal("3392.25"))
    assert faults(csv_content([cells(row, CAF)])) == ()


def test_an_imported_agrement_names_its_gestionnaire_too() -> None:
    document = changed(decisions.imported_agrement(dossier()), {"gestionnaire.name": " "})

    with pytest.raises(ValidationError, match=r"gestionnaire\.name"):
        AgrementImported.model_validate_json(_json(document), context=INTAKE)
