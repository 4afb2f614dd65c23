"""Why a format cannot hold some content: reasons listed up to a bound, counted beyond it."""

from collections.abc import Iterable

REASONS_MAX = 100


class UnrepresentableContentError(Exception):
    """A format cannot hold this content: every reason, in French, one line each."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(self.reasons))


class ErrorList:
    """Reasons as they come; the same one counts once while it is listed."""

    def __init__(self) -> None:
        self._told: dict[str, None] = {}
        self._untold = 0

    def add(self, reason: str) -> None:
        """Keep a reason; memory does not grow with their number."""
        if len(self._told) < REASONS_MAX:
            self._told[reason] = None
        elif reason not in self._told:
            self._untold += 1

    def check(self) -> None:
        """Do nothing when there is none.

        Raises:
            Unfit: with every reason, or the first hundred and the number of others.
        """
        more = (f"et {self._untold} autres.",) if self._untold else ()
        if self._told:
            raise UnrepresentableContentError((*self._told, *more))
