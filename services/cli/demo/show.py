"""The demo itself, wherever it is played: the campaign, its report, and where to look next."""

from services.cli.demo.driver import DemoDriver
from services.cli.demo.next_steps import print_next_steps
from services.cli.demo.play import play
from services.cli.demo.report import print_report
from services.cli.demo.sample import CAF, SCHOOL_YEAR, campaign
from shared.kernel.published_events import PublishedEvents, published_events
from shared.kernel.settings import Settings


async def show(driver: DemoDriver, kept_on: Settings | None = None) -> PublishedEvents:
    """Play the campaign and print its report; return the published events.

    `kept_on`: how to reach the system afterwards, None when it ends with this program.
    """
    await play(driver, campaign())
    events = published_events(driver.received(), CAF)
    print_report(events, CAF, SCHOOL_YEAR)
    print_next_steps(events, kept_on)
    return events
