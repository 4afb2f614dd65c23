"""Errors of an export: listed up to a bound, counted beyond it."""

from collections.abc import Iterable

ERRORS_MAX = 100


class UnrepresentableContentError(Exception):
    """A format cannot hold the content; `reasons` are French sentences."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(self.reasons))


class ErrorList:
    """Collects reasons; a listed one is not counted again."""

    def __init__(self) -> None:
        self._errors: dict[str, None] = {}
        self._uncounted = 0

    def add(self, reason: str) -> None:
        """Add a reason; memory does not grow with their number."""
        if len(self._errors) < ERRORS_MAX:
            self._errors[reason] = None
        elif reason not in self._errors:
            self._uncounted += 1

    def check(self) -> None:
        """Raise the reasons, if there are any.

        Raises:
            UnrepresentableContentError: with the first hundred reasons and the number of others.
        """
        more = (f"et {self._uncounted} autres.",) if self._uncounted else ()
        if self._errors:
            raise UnrepresentableContentError((*self._errors, *more))
