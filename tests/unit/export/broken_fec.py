"""Files broken by one named change each, and all findings of the check."""

import re
from collections.abc import Callable

from tests.unit.export.changes import both, every_line, line, put, replaced

Change = Callable[[str], str | bytes]
Listed = tuple[str, int | None, str | None, str]
ENTRY = "l’écriture « 2 » du journal"
WHOLE = "1\u202f654,95"


def off_year(day: str, *lines: int) -> list[Listed]:
    text = f"le {day} n’est pas de l’exercice, du 20250101 au 20251231."
    return [("FEC-38", number, "EcritureDate", text) for number in lines]


BROKEN: dict[str, tuple[Change, list[Listed]]] = {
    "nothing at all": (lambda _: b"", [("FEC-04", None, None, "le fichier est vide.")]),
    "a header alone": (
        lambda text: text.split("\r\n")[0] + "\r\n",
        [("FEC-04", 1, None, "aucun enregistrement ne suit l’en-tête.")],
    ),
    "semicolons": (
        lambda text: text.replace("\t", ";"),
        [("FEC-05", 1, None, "les champs sont séparés par un point-virgule.")],
    ),
    "commas": (
        lambda text: text.replace(",", ".").replace("\t", ","),
        [("FEC-05", 1, None, "les champs sont séparés par une virgule.")],
    ),
    "not a table": (
        lambda _: "Bonjour\r\n",
        [("FEC-05", 1, None, "« Bonjour » n’est pas une ligne de champs séparés.")],
    ),
    "UTF-16": (
        lambda text: text.encode("utf-16"),
        [("FEC-06", 1, None, "le fichier est en UTF-16.")],
    ),
    "the apostrophe of Windows": (
        lambda text: (
            text.replace("–", "-")
            .replace("’", "'")
            .encode("iso8859-15")
            .replace(b"Les Amis de l'", b"Les Amis de l\x92", 1)
        ),
        [("FEC-06", 2, None, "l’octet 0x92 n’est ni d’UTF-8 ni d’ISO 8859-15.")],
    ),
    "two encodings": (
        lambda text: (
            put("Période 11", "EcritureLib", 3)(text).encode().replace("Pér".encode(), b"P\xe9r")
        ),
        [("FEC-06", 3, None, "UTF-8 en ligne 2, ISO 8859-15 ici : un seul encodage est attendu.")],
    ),
    "a byte order mark": (
        lambda text: text.encode("utf-8-sig"),
        [("FEC-07", 1, None, "le fichier commence par une marque (BOM).")],
    ),
    "one line that ends otherwise": (
        lambda text: re.sub(r"\A((?:.*\r\n){3})(.*)\r\n", r"\1\2\n", text),
        [("FEC-08", 4, None, "fin de ligne LF ; la première ligne finit par CR LF.")],
    ),
    "a last line without an end": (
        lambda text: text.removesuffix("\r\n"),
        [("FEC-09", 7, None, "la dernière ligne n’a pas de fin.")],
    ),
    "a column under another name": (
        replaced("PieceDate", "DatePiece"),
        [
            ("FEC-10", 1, "PieceDate", "le champ PieceDate manque à l’en-tête."),
            ("FEC-12", 1, "DatePiece", "le champ « DatePiece » n’est pas prévu."),
        ],
    ),
    "two columns in each other's place": (
        replaced("CompAuxNum\tCompAuxLib", "CompAuxLib\tCompAuxNum"),
        [("FEC-11", 1, "CompAuxLib", "CompAuxLib vient en place de CompAuxNum (champ 7).")],
    ),
    "a column that comes twice": (
        both(every_line(lambda row: f"{row}\t0,00"), replaced("Idevise\t0,00", "Idevise\tDebit")),
        [("FEC-11", 1, "Debit", "le champ Debit vient plusieurs fois.")],
    ),
    "one more column": (
        both(every_line(lambda row: f"{row}\tx"), replaced("Idevise\tx", "Idevise\tTiers")),
        [("FEC-12", 1, "Tiers", "le champ « Tiers » n’est pas prévu.")],
    ),
    "a separator at the end of every line": (
        every_line(lambda row: f"{row}\t"),
        [("FEC-13", 1, None, "l’en-tête finit par un séparateur de trop.")],
    ),
    "a field less": (
        line(4, lambda row: row.removesuffix("\t")),
        [("FEC-14", 4, None, "17 champs au lieu de 18.")],
    ),
    "a tab in a label": (
        put("Acompte\tClas", "EcritureLib", 3),
        [("FEC-14", 3, None, "19 champs au lieu de 18.")],
    ),
    "an empty line": (
        line(5, lambda row: f"{row}\r\n"),
        [("FEC-15", 6, None, "la ligne est vide.")],
    ),
    "no journal": (put("", "JournalCode", 5), [("FEC-16", 5, "JournalCode", "le champ est vide.")]),
    "no label": (put(" ", "EcritureLib", 2), [("FEC-16", 2, "EcritureLib", "le champ est vide.")]),
    "no piece": (put("", "PieceRef", 2), [("FEC-16", 2, "PieceRef", "le champ est vide.")]),
    "not validated": (put("", "ValidDate", 7), [("FEC-16", 7, "ValidDate", "le champ est vide.")]),
    "no number": (put("", "EcritureNum", 5), [("FEC-16", 5, "EcritureNum", "le champ est vide.")]),
    "no amount": (put("", "Debit", 2), [("FEC-16", 2, "Debit", "le champ est vide.")]),
    "a decimal point": (
        put("772.31", "Debit", 2),
        [("FEC-17", 2, "Debit", "« 772.31 » : la décimale suit un point, non une virgule.")],
    ),
    "thousands apart": (
        put("1 654,95", "Credit", 4),
        [("FEC-18", 4, "Credit", "« 1 654,95 » : les milliers ne sont pas séparés.")],
    ),
    "thousands by a point": (
        put("1.654,95", "Credit", 4),
        [("FEC-18", 4, "Credit", "« 1.654,95 » : les milliers ne sont pas séparés.")],
    ),
    "an amount in euros": (
        put("772,31 €", "Debit", 2),
        [("FEC-19", 2, "Debit", "« 772,31 € » n’est pas un nombre.")],
    ),
    "two signs": (
        put("-772,31-", "Debit", 2),
        [("FEC-19", 2, "Debit", "« -772,31- » n’est pas un nombre.")],
    ),
    "a tenth of a cent": (
        both(put("772,315", "Debit", 2), put("772,315", "Credit", 3)),
        [
            ("FEC-20", 2, "Debit", "« 772,315 » a plus de deux décimales."),
            ("FEC-20", 3, "Credit", "« 772,315 » a plus de deux décimales."),
        ],
    ),
    "a negative zero": (
        put("-0,00", "Credit", 2),
        [("FEC-21", 2, "Credit", "« -0,00 » : zéro n’a pas de signe.")],
    ),
    "both sides": (
        both(put("777,31", "Debit", 2), put("5,00", "Credit", 2)),
        [("FEC-22", 2, "Debit", "débit et crédit sont tous deux remplis.")],
    ),
    "no side": (
        both(put("0,00", "Debit", 2), put("0,00", "Credit", 3)),
        [
            ("FEC-23", 2, "Debit", "débit et crédit sont nuls."),
            ("FEC-23", 3, "Debit", "débit et crédit sont nuls."),
        ],
    ),
    "a day with slashes": (
        put("20/11/2025", "PieceDate", 3),
        [("FEC-25", 3, "PieceDate", "« 20/11/2025 » : une date AAAAMMJJ est attendue.")],
    ),
    "30 February": (
        put("20250230", "EcritureDate", 2),
        [("FEC-26", 2, "EcritureDate", "« 20250230 » n’existe pas au calendrier.")],
    ),
    "the year 2105": (
        put("21051120", "PieceDate", 2),
        [("FEC-27", 2, "PieceDate", "« 21051120 » : l’année 2105 est hors de 1900 à 2099.")],
    ),
    "a lettered account": (
        put("T467", "CompteNum", 3),
        [("FEC-28", 3, "CompteNum", "« T467 » ne commence pas par trois chiffres.")],
    ),
    "a cost account": (
        put("967", "CompteNum", 3),
        [("FEC-29", 3, "CompteNum", "« 967 » est de la classe 9.")],
    ),
    "a bar in a name": (
        put("Les Amis | de l'école", "CompAuxLib", 3),
        [("FEC-30", 3, "CompAuxLib", "« Les Amis | de l'école » : barre verticale.")],
    ),
    "a NUL": (
        put("Acompte\0", "EcritureLib", 3),
        [("FEC-30", 3, "EcritureLib", "« Acompte\\x00 » : caractère NUL.")],
    ),
    "an escape": (
        put("Acompte\x1b[2J", "EcritureLib", 3),
        [("FEC-30", 3, "EcritureLib", "« Acompte\\x1b[2J » : caractère de contrôle U+001B.")],
    ),
    "a third party without a name": (
        put("", "CompAuxLib", 3),
        [("FEC-31", 3, "CompAuxLib", "CompAuxNum est rempli, CompAuxLib ne l’est pas.")],
    ),
    "a currency without an amount": (
        put("USD", "Idevise", 3),
        [("FEC-31", 3, "Montantdevise", "Idevise est rempli, Montantdevise ne l’est pas.")],
    ),
    "one cent less": (
        put("772,30", "Credit", 3),
        [
            ("FEC-42", None, None, "débit 2\u202f758,25, crédit 2\u202f758,24, écart 0,01."),
            (
                *("FEC-32", 2, None),
                "l’écriture « 1 » du journal « CLAS » : débit 772,31, crédit 772,30, écart 0,01.",
            ),
        ],
    ),
    "a line in another journal": (
        put("OD", "JournalCode", 5),
        [
            ("FEC-32", 4, None, f"{ENTRY} « CLAS » : débit 0,00, crédit {WHOLE}, écart {WHOLE}."),
            ("FEC-32", 5, None, f"{ENTRY} « OD » : débit {WHOLE}, crédit 0,00, écart {WHOLE}."),
        ],
    ),
    "an entry taken out": (
        lambda text: "\r\n".join(text.split("\r\n")[:3] + text.split("\r\n")[5:]),
        [("FEC-33", 4, "EcritureNum", "le numéro 3 suit 1 : 2 manque.")],
    ),
    "a number that jumps": (
        put("9", "EcritureNum", 6, 7),
        [("FEC-33", 6, "EcritureNum", "le numéro 9 suit 2 : 3 à 8 manquent.")],
    ),
    "a number used twice": (
        put("1", "EcritureNum", 6, 7),
        [
            (
                *("FEC-34", 6, "EcritureNum"),
                "le numéro 1 vient après 2 : déjà pris, ou pas dans l’ordre.",
            )
        ],
    ),
    "a number without digits": (
        put("bis", "EcritureNum", 6, 7),
        [("FEC-35", 6, "EcritureNum", "« bis » ne finit pas par un nombre.")],
    ),
    "an entry of two days": (
        put("20251230", "EcritureDate", 7),
        [
            (
                *("FEC-36", 7, "EcritureDate"),
                "le 20251230 ; la première ligne de l’écriture est du 20251231.",
            )
        ],
    ),
    "a journal with two names": (
        put("Clas", "JournalLib", 7),
        [
            (
                *("FEC-37", 7, "JournalLib"),
                "« CLAS » est nommé « Clas », et « Journal des subventions Clas » plus haut.",
            )
        ],
    ),
    "an account with two names": (
        put("Subvention", "CompteLib", 6),
        [
            (
                *("FEC-37", 6, "CompteLib"),
                (
                    "« 6562322410 » est nommé « Subvention », et « Subvention Clas de l’exercice » "
                    "plus haut."
                ),
            )
        ],
    ),
    "an entry of the year before": (
        put("20241231", "EcritureDate", 2, 3),
        off_year("20241231", 2, 3),
    ),
    "an entry of the year after": (
        put("20260101", "EcritureDate", 6, 7),
        off_year("20260101", 6, 7),
    ),
    "validated before it was booked": (
        put("20251119", "ValidDate", 2),
        [("FEC-39", 2, "ValidDate", "validée le 20251119, comptabilisée le 20251120.")],
    ),
    "validated out of order": (
        put("20260228", "ValidDate", 2, 3),
        [("FEC-40", 4, "ValidDate", "validée le 20260131, après une ligne validée le 20260228.")],
    ),
    "booked out of order": (
        put("20251101", "EcritureDate", 4, 5),
        [("FEC-41", 4, "EcritureDate", "le 20251101 vient après le 20251120.")],
    ),
}
