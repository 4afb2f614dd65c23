"""The chain of hashes never changes: closed exercises and exported files contain it."""

from services.accounting.domain.chain import link, seed
from tests.unit.export.journal import entry

# printf '011|2025' | sha256sum, then that and the entry's JSON, keys sorted, without spaces:
# {"booked_on":"2025-11-20","caf":"011","cause":{"id":"a1",…},…,"siret":"76573991749305"}
SEED = "0258364d2813aab020daa68e5b053e63347637a17b6a8dcc4249d8f9e8ced15e"
HASH = "004cf376d83450f8efbb17f8b9d5f3ce9e980c207d2e51f56a3151254645a095"


def test_an_entry_has_the_hash_that_closed_exercises_know() -> None:
    """A field more in AccountingEntryPosted breaks every chain there is: it needs a new type."""
    assert seed("011", 2025) == SEED
    assert link(SEED, entry().posted) == HASH
