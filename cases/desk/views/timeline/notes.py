"""Signed notes, as entries of a timeline: each once, in its newest version."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from cases.desk.views.timeline.items import BEGINNING, PAGE, Item, Link, Part, mark_of, name_of
from cases.models import Case, Note
from common import days
from people.models import Person

# a note that was signed within this time of what it notes is contemporaneous
CONTEMPORANEOUS = timedelta(hours=24)
# what is sealed beside the words of a note
FIELDS = ("happened", "speaker", "to_whom")
WHO_SAID = {
    Note.SaidBy.REPORTER: "the reporter",
    Note.SaidBy.AFFECTED: "somebody affected",
    Note.SaidBy.SUBJECT: "whom it is about",
    Note.SaidBy.WITNESS: "a witness",
    Note.SaidBy.OTHER: "somebody else",
}


def notes(
    case: Case, part: Part, viewer: Person, areas: Collection[str], *, may_act: bool
) -> Iterator[Item]:
    """Yield the notes of a page of a case's timeline, and the next one, if there is."""
    kinds = [kind for kind in Note.Kind if part.wants(kind.value)]
    found = case.notes.first_versions().within(areas).filter(kind__in=kinds).order_by("-at")
    if part.before is not None:
        found = found.filter(at__lte=part.before.moment)
    # those of one moment stay together, however many: the page is cut once all are in order
    last = Subquery(found.values("at")[PAGE : PAGE + 1])
    later = Prefetch("versions", Note.objects.order_by("-version"))
    shown = found.filter(at__gte=Coalesce(last, BEGINNING))
    for note in shown.select_related("author").prefetch_related(later):
        versions = note.versions.all()
        yield noted(note, versions[0] if versions else note, case, viewer, may_act=may_act)


def noted(note: Note, newest: Note, case: Case, viewer: Person, *, may_act: bool) -> Item:
    """Return a signed note, with the words of its newest version where it was signed."""
    is_decision = note.kind == Note.Kind.DECISION
    url = reverse("desk:note", args=[case.ref, note.pk])
    link = None
    if newest.version > 1:
        link = Link(url, f"Version {newest.version}, earlier versions")
    elif may_act and note.author_id == viewer.pk:
        link = Link(url, "Amend")
    return Item(
        moment=note.at,
        key=str(note.pk),
        shown=note.at,
        who=name_of(note.author, viewer),
        did=Note.Kind(note.kind).label.lower(),
        mark="decision" if is_decision else mark_of(note.author, viewer),
        note=note.kind,
        place=(newest.pk, "body"),
        fields=FIELDS,
        source=newest.said_by,
        link=link,
        is_signed=True,
    )


def with_told(item: Item) -> Item:
    """Return an opened note with when it happened, and of a quote who said it to whom."""
    if not item.told:
        return item
    fresh = ["Written within a day"] if _is_fresh(item, happened_of(item.told)) else []
    return replace(item, about=told_in(item.source, item.told), foot=(*item.foot, *fresh))


def told_in(said_by: str, told: Mapping[str, str]) -> str:
    """Return when something happened, and of a quote who said it to whom, as a sentence."""
    happened = happened_of(told)
    when = f"on {in_words(happened)}" if happened else ""
    if not said_by:
        return f"It happened {when}." if when else ""
    speaker, to_whom = told.get("speaker", ""), told.get("to_whom", "")
    part = WHO_SAID[Note.SaidBy(said_by)]
    who = f"by {speaker}, {part}" if speaker else f"by {part}"
    return f"Said {', '.join(filter(None, [who, to_whom and f'to {to_whom}', when]))}."


def happened_of(told: Mapping[str, str]) -> date | None:
    """Return when something happened: a day, or a moment where that is known."""
    kept = told.get("happened", "")
    if not kept:
        return None
    return datetime.fromisoformat(kept) if "T" in kept else date.fromisoformat(kept)


def in_words(happened: date) -> str:
    """Return `14 October 2026`, with `at 14:05` where the time is known."""
    if isinstance(happened, datetime):
        local = happened.astimezone(days.zone())
        return f"{local.day} {local:%B %Y} at {local:%H:%M}"
    return f"{happened.day} {happened:%B %Y}"


def parts_of(happened: date) -> tuple[date, time | None]:
    """Return the day and, where it is known, the time of it, as the office counts them."""
    if not isinstance(happened, datetime):
        return happened, None
    local = happened.astimezone(days.zone())
    return local.date(), local.time()


def _is_fresh(item: Item, happened: date | None) -> bool:
    """Return whether a contemporaneous note is one; a day without a time counts to its end."""
    if item.note != Note.Kind.NOTE or happened is None:
        return False
    if not isinstance(happened, datetime):
        happened = days.midnight(happened) + timedelta(days=1)
    return item.moment - happened <= CONTEMPORANEOUS
