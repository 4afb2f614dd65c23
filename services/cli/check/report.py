"""The results of the checks in French: one line each, every violation with its remedy."""

from shared.audit.findings import CheckResult, CheckRule, Results
from shared.audit.scanner import AuditState
from shared.console.terminal import echo
from shared.french import THIN_SPACE, counted

PLURAL_FROM = 2


def number(count: int) -> str:
    """Return `1 204`, with a space that does not break."""
    return f"{count:,}".replace(",", THIN_SPACE)


def print_results(state: AuditState) -> None:
    """Print one line for each check, and its violations."""
    for rule, result in state.results.applied.items():
        if result.violation_count:
            _print_violations(rule, result)
        else:
            echo(f"✓ {_comparisons_text(rule, result)} ({rule.proves})", style="green")
    if state.in_transit:
        events = counted(state.in_transit, "événement est", "événements sont")
        echo(f"… {events} en route : leurs droits seront vérifiés une fois le calme revenu")
    if state.of_other_releases:
        one, several = (
            "décision d’une autre version serait prise",
            "décisions d’une autre version seraient prises",
        )
        decisions = counted(state.of_other_releases, one, several)
        echo(f"… {decisions} autrement par celle-ci : `clas replay` les nomme")


def summary(results: Results) -> str:
    """Return the results in one sentence."""
    checks = counted(len(results.applied), "vérification")
    if not results.violation_count:
        return f"Tout concorde : {checks}, {number(results.comparisons)} comparaisons."
    failed = sum(1 for result in results.applied.values() if result.violation_count)
    return f"{counted(results.violation_count, 'anomalie')}, dans {failed} des {checks}"


def _comparisons_text(rule: CheckRule[object], result: CheckResult) -> str:
    label = rule.singular if result.comparisons < PLURAL_FROM else rule.plural
    return f"{number(result.comparisons)} {label}"


def _print_violations(rule: CheckRule[object], result: CheckResult) -> None:
    count = result.violation_count
    noun = "anomalies" if count >= PLURAL_FROM else "anomalie"
    scope = f"{number(result.comparisons)} {rule.plural}" if result.comparisons else rule.plural
    echo(f"✗ {number(count)} {noun} sur {scope} ({rule.proves})", style="bold red")
    for violation in result.violations:
        echo(f"• {violation.subject} : {violation.message}", indent=2)
        echo(f"[{violation.location}]", style="dim", indent=4)
    if more := count - len(result.violations):
        echo(f"… et {counted(more, 'autre')}", indent=2)
    echo(f"→ {rule.remedy}", indent=2)
