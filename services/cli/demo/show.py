"""The demo itself, wherever it is played: the campaign, its summary, and where to look next."""

from services.cli.demo.driver import DemoDriver
from services.cli.demo.next_steps import print_next_steps
from services.cli.demo.play import play
from services.cli.demo.report import print_summary
from services.cli.demo.sample import CAF, SCHOOL_YEAR, campaign
from shared.kernel.published_events import Journal, journal
from shared.kernel.settings import Settings


async def show(stage: DemoDriver, kept_on: Settings | None = None) -> Journal:
    """Play the campaign and tell what came of it; return what was heard.

    `kept_on`: how to reach the system afterwards, None when it ends with this program.
    """
    await play(stage, campaign())
    heard = journal(stage.received(), CAF)
    print_summary(heard, CAF, SCHOOL_YEAR)
    print_next_steps(heard, kept_on)
    return heard
