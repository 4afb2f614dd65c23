"""Changes of the form of a FEC: order of its lines, accounts on a cash basis, XML."""

from tests.unit.export.broken_fec import Change, Listed
from tests.unit.export.changes import both, every_line, line, put, replaced, swapped

TREASURY = both(
    every_line(lambda row: f"{row}\t20251120\tVIR\t"),
    replaced("Idevise\t20251120\tVIR\t", "Idevise\tDateRglt\tModeRglt\tNatOp"),
)

BROKEN_FORMS: dict[str, tuple[Change, list[Listed]]] = {
    "an entry in two places": (
        swapped(3),
        [
            (
                *("FEC-43", 4, "EcritureNum"),
                (
                    "l’écriture « 1 » du journal « CLAS », commencée en ligne 2, reprend après"
                    " d’autres ; en tout 2 fois dans le fichier."
                ),
            )
        ],
    ),
    "a line without a payment": (
        both(TREASURY, line(2, lambda row: row.replace("\t20251120\tVIR\t", "\t\tVIR\t"))),
        [("FEC-44", 2, "DateRglt", "le champ est vide.")],
    ),
    "single entry": (
        both(TREASURY, put("772,30", "Credit", 3)),
        [("FEC-45", None, None, "débit 2\u202f758,25, crédit 2\u202f758,24, écart 0,01.")],
    ),
    "XML": (
        lambda _: b'<?xml version="1.0" encoding="UTF-8"?>\n<comptabilite/>\n',
        [
            (
                *("FEC-46", 1, None),
                (
                    "le fichier est en XML, que la loi admet (A47 A-1 VI 2°) : cet outil ne le lit"
                    " pas et n’en dit rien ; Test Compta Demat, de la DGFiP, le lit."
                ),
            )
        ],
    ),
}
