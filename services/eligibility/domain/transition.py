"""The transitional year: some breaches may be lifted by the committee [DER-08].

The texts allow one more year, once; as it is 2021-2022 for everybody, the rule set of that
year alone names checks, and nothing has to be remembered.
"""

from services.eligibility.domain.referentiel import Rules
from shared.contracts.eligibility import Finding


def apply_transition_derogation(finding: Finding, rules: Rules, *, committed: bool) -> Finding:
    """Turn a breach into a derogation where the rules of the year and a commitment allow it."""
    if not committed or finding.outcome != "breach" or finding.rule not in rules.transition.rules:
        return finding
    return finding.with_changes(
        outcome="derogation",
        message=f"{finding.message} Le gestionnaire s'engage à y remédier : le comité peut"
        " accorder le délai d'un an prévu pour 2021-2022 [DER-08].",
    )
