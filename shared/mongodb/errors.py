"""Errors of the driver as errors of the port."""

from collections.abc import Iterator
from contextlib import contextmanager

from bson.errors import BSONError
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
)

from shared.kernel.ports import ConflictError, ContentRejectedError, StoreUnavailableError

DUPLICATE_KEY = 11000
NO_SUCH_TRANSACTION = 251
WRITE_CONFLICTS = {112, 24, 246, 290}
FOR_GOOD = {2, 9, 14, 15, 52, 54, 55, 56, 57, 257, 10334, 17280, 17419, 17420}
UNAVAILABLE = {6, 7, 89, 91, 189, 262, 10107, 11600, 11602, 13435, 13436}


@contextmanager
def map_driver_errors() -> Iterator[None]:
    """Raise a StoreError in place of what the driver raises."""
    try:
        yield
    except (BSONError, OverflowError, UnicodeEncodeError, DocumentTooLarge) as fault:
        raise ContentRejectedError(f"{type(fault).__name__}: {fault}"[:500]) from fault
    except BulkWriteError as fault:
        raise _of_bulk(fault) from fault
    except DuplicateKeyError as fault:
        raise ConflictError(str(fault)[:200]) from fault
    except (ConnectionFailure, ExecutionTimeout) as fault:
        raise StoreUnavailableError(f"{type(fault).__name__}: {fault}"[:300]) from fault
    except OperationFailure as fault:
        raise _of_code(fault) from fault
    except PyMongoError as fault:
        raise StoreUnavailableError(f"{type(fault).__name__}: {fault}"[:300]) from fault


def _of_code(fault: OperationFailure) -> Exception:
    text = f"{fault.code}: {fault}"[:300]
    if fault.has_error_label("UnknownTransactionCommitResult") or fault.code in UNAVAILABLE:
        return StoreUnavailableError(text)
    if fault.code in FOR_GOOD:
        return ContentRejectedError(text)
    if fault.has_error_label("TransientTransactionError") or fault.code in {
        DUPLICATE_KEY,
        NO_SUCH_TRANSACTION,
        *WRITE_CONFLICTS,
    }:
        return ConflictError(text)
    return StoreUnavailableError(text)


def _of_bulk(fault: BulkWriteError) -> Exception:
    errors = (fault.details or {}).get("writeErrors") or []
    codes = {error.get("code") for error in errors}
    text = str([error.get("errmsg") for error in errors])[:300]
    if codes and codes <= FOR_GOOD:
        return ContentRejectedError(text)
    if codes & {DUPLICATE_KEY, *WRITE_CONFLICTS} or fault.has_error_label(
        "TransientTransactionError"
    ):
        return ConflictError(text)
    return StoreUnavailableError(text or str(fault)[:300])
