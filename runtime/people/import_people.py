"""People that an organisation document names become records when it goes live."""

from collections.abc import Sequence

from runtime.offline.people import organised
from runtime.people.directory import put_people
from runtime.releases.hooks import Publishing, on_publish
from schema_defs.organisation import Person


@on_publish
async def import_people(publishing: Publishing) -> None:
    """Takes over the people of the organisation document or of the file beside it; one that names none leaves the people alone."""
    people = _people(publishing)
    if people:
        await put_people(publishing.tenant, people, publishing.context.secrets, now=publishing.now, all_of_them=True)


def _people(publishing: Publishing) -> Sequence[Person]:
    organisation = publishing.live.release.organisation
    if organisation is None:
        return ()
    if organisation.people_from is not None and publishing.loaded is not None:
        return organised(publishing.loaded, {}).people()
    return organisation.people
