"""Each error of the driver becomes the error of the port that says what to do about it."""

from typing import Any

import pytest
from bson.errors import InvalidDocument
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    CursorNotFound,
    DocumentTooLarge,
    DuplicateKeyError,
    ExecutionTimeout,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)

from shared.kernel.ports import (
    ConflictError,
    ContentRejectedError,
    StoreError,
    StoreUnavailableError,
    UnexpectedStoreError,
)
from shared.mongodb.errors import AWAY, CONFLICTS, CONTENT, map_driver_errors

CODES: dict[type[StoreError], tuple[int | None, ...]] = {
    ConflictError: (24, 46, 112, 117, 225, 239, 246, 251, 256, 267, 290, 11000),
    ContentRejectedError: (15, 22, *range(52, 58), 121, 171, 257, 10334, 17280, 17419, 17420),
    StoreUnavailableError: (
        *(6, 7, 11, 13, 18, 20, 43, 50, 59, 64, 76, 79, 89, 91, 94, 95, 100, 115, 123, 133, 134),
        *(148, 189, 202, 211, 214, 216, 237, 238, 261, 262, 264, 279, 355, 371, 391, 402, 433),
        *(449, 9001, 10107, 11600, 11601, 11602, 13435, 13436, 14031),
    ),
    UnexpectedStoreError: (None, 1, 2, 8, 9, 14, 26, 66, 263, 365, 388, 99_999),
}
"""Among what no table lists: a wrong command, a transaction that is too large for the cache."""
ROWS = [(code, kind) for kind, codes in CODES.items() for code in codes]
ANSWER: dict[str, Any] = {}


def kind_of(fault: Exception) -> type[StoreError]:
    """Return what an error of the driver becomes."""
    with pytest.raises(StoreError) as raised, map_driver_errors():
        raise fault
    assert raised.value.__cause__ is fault
    return type(raised.value)


def labelled(fault: PyMongoError, label: str) -> PyMongoError:
    fault._add_error_label(label)
    return fault


def of_writes(*codes: int | None) -> BulkWriteError:
    errors = [{"code": code, "errmsg": "failed"} for code in codes]
    return BulkWriteError({"writeErrors": errors, "writeConcernErrors": []})


@pytest.mark.parametrize(("code", "kind"), ROWS)
def test_a_code_has_one_meaning_wherever_it_comes_from(
    code: int | None, kind: type[StoreError]
) -> None:
    assert kind_of(OperationFailure("failed", code)) is kind
    assert kind_of(of_writes(code)) is kind
    concern = {"writeErrors": [], "writeConcernErrors": [{"code": code}]}
    assert kind_of(BulkWriteError(concern)) is kind


def test_every_code_of_the_tables_is_tested() -> None:
    listed = {*CONFLICTS, *CONTENT, *AWAY}

    assert len(listed) == len(CONFLICTS) + len(CONTENT) + len(AWAY)
    assert listed == {code for code, kind in ROWS if kind is not UnexpectedStoreError}


@pytest.mark.parametrize("code", [None, 112, 121, 388])
def test_a_commit_of_unknown_result_is_an_absence(code: int | None) -> None:
    fault = labelled(OperationFailure("failed", code), "UnknownTransactionCommitResult")

    assert kind_of(fault) is StoreUnavailableError


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (99_999, ConflictError),
        (13388, ConflictError),
        (121, ContentRejectedError),
        (91, StoreUnavailableError),
    ],
)
def test_what_no_table_lists_is_a_conflict_where_the_server_says_so(
    code: int, kind: type[StoreError]
) -> None:
    fault = labelled(OperationFailure("failed", code), "TransientTransactionError")

    assert kind_of(fault) is kind


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ((121, 11000), ConflictError),
        ((121, 91), StoreUnavailableError),
        ((121, 388), UnexpectedStoreError),
        ((121, 15), ContentRejectedError),
        ((), UnexpectedStoreError),
    ],
)
def test_the_content_is_to_blame_only_when_it_is_for_every_write(
    codes: tuple[int, ...], kind: type[StoreError]
) -> None:
    assert kind_of(of_writes(*codes)) is kind


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (AutoReconnect("closed"), StoreUnavailableError),
        (ConfigurationError("no address"), StoreUnavailableError),
        (ExecutionTimeout("too long", 50), StoreUnavailableError),
        (WTimeoutError("not replicated", 64), StoreUnavailableError),
        (CursorNotFound("gone", 43), StoreUnavailableError),
        (DuplicateKeyError("there", 11000), ConflictError),
        (DocumentTooLarge("17 MiB"), ContentRejectedError),
        (InvalidDocument("a set"), ContentRejectedError),
        (OverflowError("2 ** 64"), ContentRejectedError),
        ("\ud800", ContentRejectedError),
        (InvalidOperation("closed"), UnexpectedStoreError),
        (labelled(AutoReconnect("closed"), "TransientTransactionError"), StoreUnavailableError),
    ],
    ids=str,
)
def test_an_error_without_an_answer(fault: Exception | str, kind: type[StoreError]) -> None:
    if isinstance(fault, str):
        with pytest.raises(UnicodeEncodeError) as raised:
            fault.encode()
        fault = raised.value

    assert kind_of(fault) is kind
