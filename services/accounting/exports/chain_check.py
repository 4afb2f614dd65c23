"""A closed exercise is given out as its closing sealed it, or not at all."""

from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.base import ExportHeader
from services.accounting.ledger import Chain
from shared.exports.error_list import UnrepresentableContentError

WAY_OUT = "`clas check` dit ce qui a changé ; rétablir les écritures depuis une sauvegarde."


class ChainCheck:
    """The entries of an exercise on their way out; of one that is open nothing is asked."""

    def __init__(self, head: ExportHeader) -> None:
        self._closing = head.closing if head.closed else None
        self._chain = Chain(head.caf, head.exercise)
        self._broken: Entry | None = None

    def add(self, entry: Entry) -> None:
        """Take in the next entry, in the order of numbering."""
        if not self._closing or self._broken:
            return
        if not self._chain.follow(entry).holds(entry):
            self._broken = entry

    def check(self) -> None:
        """Do nothing when the entries are those that were validated, all of them.

        Raises:
            Unfit: one was changed, added or taken away.
        """
        if each := self._broken:
            named = f"{each.entry_id} (dossier {each.posted.dossier_id}, n° {each.sequence})"
            told = f"À l’écriture {named}, le livre n’est plus celui que la clôture a validé."
        elif self._closing and self._chain.head != self._closing.head_hash:
            told = "Le livre ne finit pas par l’empreinte que la clôture lui a donnée."
        else:
            return
        raise UnrepresentableContentError([f"{told} {WAY_OUT}"])
