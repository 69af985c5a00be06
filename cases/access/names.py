"""Whom words are about: named in full, chosen, or hinted at by half a name."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from cases import rules
from cases.models import Concern
from people.models import Person
from people.rules import blind_index
from questionnaires.models import FormVersion
from questionnaires.rules import names_in, texts_in


def subjects_in(about: str, chosen: Iterable[Person], narrative: str = "") -> list[Person]:
    """Return whom a concern is about: whoever was chosen, and whoever is named.

    Of the trusted half a name is enough in the answer. A full name is enough of everybody who
    works here, since one of the trusted may report to them.
    """
    names = Person.objects.active().names()
    full = rules.named_in_full(about, names) | rules.named_in_full(narrative, names)
    others = [names[pk] for pk in full]
    found = [*chosen, *rules.named_in(about, narrative, Person.objects.trusted(), others)]
    if missing := full - {person.pk for person in found}:
        found += Person.objects.filter(pk__in=missing).order_by("name", "pk")
    return list({person.pk: person for person in found}.values())


def called(name: str) -> list[Person]:
    """Return who of those who work here is called so in full."""
    full = rules.named_in_full(name, Person.objects.active().names())
    return list(Person.objects.filter(pk__in=full).order_by("name", "pk"))


class Heard(NamedTuple):
    """What of all that was told names people: where half a name is enough, and all the words."""

    names: str
    words: str


def heard(
    about: str, narrative: str, answers: Mapping[str, object], form: FormVersion | None = None
) -> Heard:
    """Return where people are named: also in the answers to a questionnaire, or to unknown ones."""
    more = answers.get(rules.MORE)
    if form is not None and isinstance(more, dict):
        sections = form.sheet.sections
        names, told = names_in(sections, more), texts_in(sections, more)
    else:
        # what the built-in questions ask stands in the narrative already
        texts = [text for text in _texts(answers) if text not in narrative]
        names, told = "", "\n\n".join(texts)
    return Heard(
        "\n".join(filter(None, [about, names])), "\n\n".join(filter(None, [narrative, told]))
    )


def _texts(answers: object) -> Iterator[str]:
    """Return every text in answers whose questions are not known here."""
    if isinstance(answers, str):
        yield answers
    elif isinstance(answers, Mapping):
        for answer in answers.values():
            yield from _texts(answer)
    elif isinstance(answers, list):
        for answer in answers:
            yield from _texts(answer)


# more than these are no hint any more
HINTS = 6


def may_mean(concern: Concern, texts: Iterable[str | None], *, but: Person) -> list[Person]:
    """Return who of those who work here the words about a concern may mean, unless walled off.

    Half a name is a hint for an officer who has the words open. It builds no wall.
    """
    told = [text for text in texts if text]
    words = rules.like_names(told)
    if not words:
        return []
    hinted = rules.hinted_in(told, Person.objects.active().bearing(words).names())
    standing = {bytes(blind) for blind in concern.walls.values_list("blind", flat=True)}
    meant = {pk for some in hinted.values() for pk in some if blind_index(pk) not in standing}
    if not meant - {but.pk}:
        return []
    found = Person.objects.filter(pk__in=meant - {but.pk}).select_related("unit")
    return list(found.order_by("name", "pk")[:HINTS])


def unsure_in(narrative: str, subjects: Collection[Person]) -> list[Person]:
    """Return who of the trusted may be meant by half a name that is nobody else's of them.

    The trusted alone, whose names and functions the page of people shows to everybody: a public
    form does not confirm who else works here.
    """
    trusted = {person.pk: person for person in Person.objects.trusted()}
    hinted = rules.hinted_in([narrative], {pk: one.name for pk, one in trusted.items()})
    told = {person.pk for person in subjects}
    sure = {some[0]: trusted[some[0]] for some in hinted.values() if len(some) == 1}
    return [person for pk, person in sure.items() if pk not in told]
