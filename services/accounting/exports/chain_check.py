"""Check of the hash chain while a closed exercise is exported."""

from services.accounting.domain.entries import Entry
from services.accounting.exercise import Chain
from services.accounting.exports.formats.base import ExportHeader
from shared.exports.error_list import UnrepresentableContentError

REMEDY = "`clas check` dit ce qui a changé ; rétablir les écritures depuis une sauvegarde."


class ChainCheck:
    """Follows the entries of an export; does nothing for an open exercise."""

    def __init__(self, head: ExportHeader) -> None:
        self._closing = head.closing if head.closed else None
        self._chain = Chain(head.caf, head.exercise)
        self._broken: Entry | None = None

    def add(self, entry: Entry) -> None:
        """Add the next entry, in the order of numbers."""
        if not self._closing or self._broken:
            return
        if not self._chain.follow(entry).holds(entry):
            self._broken = entry

    def check(self) -> None:
        """Check that the entries are exactly those that the closing validated.

        Raises:
            UnrepresentableContentError: an entry was changed, added or removed.
        """
        if entry := self._broken:
            entry_name = (
                f"{entry.entry_id} (dossier {entry.posted.dossier_id}, n° {entry.sequence})"
            )
            message = (
                f"À l’écriture {entry_name}, le livre n’est plus celui que la clôture a validé."
            )
        elif self._closing and self._chain.head != self._closing.head_hash:
            message = "Le livre ne finit pas par l’empreinte que la clôture lui a donnée."
        else:
            return
        raise UnrepresentableContentError([f"{message} {REMEDY}"])
