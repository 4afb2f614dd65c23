"""The transitional year: the committee may waive certain breaches [DER-08].

The texts allow one more year, once, 2021-2022 for everybody: only the rule set of that year
names rules, so no state is needed.
"""

from services.eligibility.domain.referentiel import Rules
from shared.kernel.decision import Finding


def apply_transition_derogation(finding: Finding, rules: Rules, *, committed: bool) -> Finding:
    """Turn a breach into a derogation where the rules of the year and a commitment allow it."""
    if not committed or finding.outcome != "breach" or finding.rule not in rules.transition.rules:
        return finding
    return finding._replace(
        outcome="derogation",
        message=f"{finding.message} Le gestionnaire s'engage à y remédier : le comité peut"
        " accorder le délai d'un an prévu pour 2021-2022 [DER-08].",
    )
