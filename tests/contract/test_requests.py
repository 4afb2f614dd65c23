"""Requests declare in the handler tables what the registry says that a partner may be refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.cli.services import SERVICES_BY_NAME
from shared.contracts.registry import BY_NAME, EventSpec
from shared.kernel.requests import Once, Owner, Request
from shared.kernel.service import Handler

OTHER_CONTENT, OTHER_CAF = "TEC-01", "TEC-03"
ROWS = {
    f"{name}-{handler.event.__name__}": (BY_NAME[handler.event.__name__], handler)
    for name, service in SERVICES_BY_NAME.items()
    for handler in service.handlers
}


def declared(handler: Handler) -> list[Any]:
    """Return what a request requires; tables that depend on its context are left out."""
    request = handler.decide
    if not isinstance(request, Request):
        return []
    tables = (table for table in (request.gates, request.rules) if not callable(table))
    return [requirement for table in tables for requirement in table]


def rules(handler: Handler, kind: type[Any]) -> Iterator[str]:
    return (each.rule for each in declared(handler) if isinstance(each, kind))


@pytest.mark.parametrize(("spec", "handler"), ROWS.values(), ids=ROWS)
def test_other_content_is_refused_where_a_request_is_accepted_once(
    spec: EventSpec, handler: Handler
) -> None:
    once = set(rules(handler, Once))

    assert once <= set(spec.refusals)
    assert (OTHER_CONTENT in spec.refusals) is (OTHER_CONTENT in once)


@pytest.mark.parametrize(("spec", "handler"), ROWS.values(), ids=ROWS)
def test_another_caf_is_refused_where_a_request_has_an_owner(
    spec: EventSpec, handler: Handler
) -> None:
    owners = set(rules(handler, Owner))

    assert owners == ({OTHER_CAF} & set(spec.refusals))


def test_a_request_has_a_business_key_of_its_own() -> None:
    keys = {spec.name: spec.key for spec, handler in ROWS.values() if declared(handler)}

    assert [name for name, key in keys.items() if not key] == []
    assert keys["AdvanceOrdered"] == ("order_id",)
    assert keys["ResultAccountFiled"] == ("dossier_id", "school_year")
