"""People that an organisation document names become records when it goes live."""

from collections.abc import Sequence

from runtime.alerts.stale import make_people_stale
from runtime.context import Context
from runtime.numbers.recompute import mark_owners
from runtime.offline.data import read_table
from runtime.offline.people import organised
from runtime.people.directory import people_differ, put_people
from runtime.records.folder import document_file
from runtime.releases.hooks import Publishing, on_publish
from schema_defs.loader import Loaded
from schema_defs.organisation import Person
from schema_defs.release import Release


@on_publish
async def import_people(publishing: Publishing) -> None:
    """Takes over the people of the organisation document or of the file beside it; one that names none leaves the people alone.

    Where somebody's region became another, the numbers and verdicts that follow from it are out of date.
    """
    release, tenant, now = publishing.live.release, publishing.tenant, publishing.now
    people = _people(publishing.context, tenant, release, publishing.loaded)
    if people:
        change = await put_people(tenant, people, publishing.context.secrets, now=now, all_of_them=True)
        await mark_owners(tenant, release, change.moved, now)
        await make_people_stale(tenant, change.moved)


async def brings_other_people(context: Context, tenant: str, release: Release, loaded: Loaded | None) -> bool:
    """Whether publishing would change the people, though no document may have changed: their file may have."""
    people = _people(context, tenant, release, loaded)
    return bool(people) and await people_differ(tenant, people, context.secrets)


def _people(context: Context, tenant: str, release: Release, loaded: Loaded | None) -> Sequence[Person]:
    organisation = release.organisation
    if organisation is None:
        return ()
    source = organisation.people_from
    if source is None or loaded is None:
        return organisation.people
    if source.data is None:
        return organised(loaded, {}).people()
    path = document_file(context.settings, tenant, loaded.folder, file=None, data=source.data)
    return organised(loaded, {source.data: read_table(path)}).people()
