"""School holidays, from a library that follows the official calendar."""

from datetime import date

from vacances_scolaires_france import SchoolHolidayDates

from shared.kernel.effective_dated import ByStartYear

AUTUMN = "Vacances de la Toussaint"


def autumn_holidays() -> ByStartYear[date]:
    """Return the last day of the autumn holidays by calendar year, for the years of the library.

    The day is the same in zones A, B and C; overseas territories have their own calendars.
    """
    calendar = SchoolHolidayDates()
    days = sorted(day for day, row in calendar.data.items() if row["nom_vacances"] == AUTUMN)
    return ByStartYear("autumn_holidays", {day.year: day for day in days})
