"""What came of the checks, in French: one line each, and every breach with its way out."""

from shared.audit.findings import CheckResult, CheckRule, Results
from shared.audit.scanner import AuditState
from shared.console.terminal import echo
from shared.french import THIN_SPACE, counted

WORDS_OF_ONE = 2


def number(count: int) -> str:
    """Return `1 204`, with a space that does not break."""
    return f"{count:,}".replace(",", THIN_SPACE)


def print_results(seen: AuditState) -> None:
    """Print one line for each check, and its breaches."""
    for check, row in seen.tally.asked.items():
        if row.breaches:
            _tell_breaches(check, row)
        else:
            echo(f"✓ {_held(check, row.looked)} ({check.source})", style="green")
    if seen.on_the_way:
        events = counted(seen.on_the_way, "événement est", "événements sont")
        echo(f"… {events} en route : leurs droits seront vérifiés une fois le calme revenu")


def summary(tally: Results) -> str:
    """Return what was found in one sentence."""
    checks = counted(len(tally.asked), "vérification")
    if not tally.breaches:
        return f"Tout concorde : {checks}, {number(tally.looked)} comparaisons."
    broken = sum(1 for row in tally.asked.values() if row.breaches)
    told = counted(tally.breaches, "anomalie")
    return f"{told}, dans {broken} des {checks}"


def _held(check: CheckRule[object], looked: int) -> str:
    return f"{number(looked)} {check.one if looked < WORDS_OF_ONE else check.many}"


def _tell_breaches(check: CheckRule[object], row: CheckResult) -> None:
    told = f"{number(row.breaches)} {'anomalies' if row.breaches > 1 else 'anomalie'}"
    echo(f"✗ {told} sur {_looked(check, row)} ({check.source})", style="bold red")
    for breach in row.kept:
        echo(f"• {breach.about} : {breach.wrong}", indent=2)
        echo(f"[{breach.where}]", style="dim", indent=4)
    if more := row.breaches - len(row.kept):
        echo(f"… et {counted(more, 'autre')}", indent=2)
    echo(f"→ {check.way_out}", indent=2)


def _looked(check: CheckRule[object], row: CheckResult) -> str:
    return f"{number(row.looked)} {check.many}" if row.looked else check.many
