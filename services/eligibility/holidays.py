"""School holidays, from a library that follows the official calendar, handed to the decisions."""

from collections.abc import Mapping
from datetime import date

from vacances_scolaires_france import SchoolHolidayDates

AUTUMN = "Vacances de la Toussaint"


def autumn_holidays() -> Mapping[int, date]:
    """Return the last day of the autumn holidays of each year that the library knows.

    It is the same day in zones A, B and C; the territories overseas have calendars of their own.
    """
    calendar = SchoolHolidayDates()
    days = sorted(day for day, row in calendar.data.items() if row["nom_vacances"] == AUTUMN)
    return {day.year: day for day in days}
