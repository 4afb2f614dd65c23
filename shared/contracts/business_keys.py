"""Business keys: the fields that make an event of its type one."""

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
