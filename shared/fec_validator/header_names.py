"""Checks of the column names of a FEC: missing, repeated, out of order, added."""

from collections import Counter
from collections.abc import Sequence

from shared.fec_validator.findings import Findings, quoted
from shared.fec_validator.layout import TREASURY


def check_names(names: Sequence[str], expected: tuple[str, ...], findings: Findings) -> None:
    """Report what is wrong with the names of a header, in the light of the expected columns.

    The first fields are those of the table, in its order, each once; what follows is free.
    """
    missing = [name for name in expected if name not in names]
    for name in missing:
        findings.add("FEC-10", f"le champ {name} manque à l’en-tête.", 1, name)
    occurrences = Counter(name for name in names if name in (*expected, *TREASURY))
    for name in (name for name in occurrences if occurrences[name] > 1):
        findings.add("FEC-11", f"le champ {name} vient plusieurs fois.", 1, name)
    _check_order(names, expected, missing, findings)
    for name in names:
        if name and name not in (*expected, *TREASURY):
            findings.add("FEC-12", f"le champ {quoted(name)} n’est pas prévu.", 1, name)


def _check_order(
    names: Sequence[str], expected: tuple[str, ...], missing: Sequence[str], findings: Findings
) -> None:
    """Report the first column that stands in another's place.

    Where one is missing, the places of all that follow say nothing: only their order is compared.
    """
    present = [*dict.fromkeys(name for name in names if name in expected)]
    in_order = [name for name in expected if name in present]
    if present == in_order and not missing:
        present, in_order = [*names], [*expected]
    places = enumerate(zip(present, in_order, strict=False))
    for place, (name, wanted) in places:
        if name != wanted:
            message = f"{name or quoted(name)} vient en place de {wanted} (champ {place + 1})."
            findings.add("FEC-11", message, 1, name)
            return
