"""People that an organisation document names become records when it goes live."""

from runtime.people.directory import put_people
from runtime.releases.hooks import Publishing, on_publish


@on_publish
async def import_people(publishing: Publishing) -> None:
    """Takes over the people of the organisation document; one without people leaves the people alone."""
    organisation = publishing.live.release.organisation
    if organisation is None or not organisation.people:
        return
    await put_people(
        publishing.tenant, organisation.people, publishing.context.secrets, now=publishing.now, all_of_them=True
    )
