"""Business keys: the fields that identify an event among those of its type."""

GRANT = ("dossier_id", "school_year")
CAMPAIGN = ("caf", "school_year")
CLOSING = ("caf", "exercise")
REPORT = ("caf", "siret", "school_year")
ORDER = ("order_id",)
REVISION = ("dossier_id", "revision")
CONTROL = ("control_id",)
REVERSAL = ("reversal_id",)
AMENDMENT = ("amendment_id",)
DELIVERY = ("entry_id", "system")
