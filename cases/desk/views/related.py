"""What a concern or case has to do with others: what somebody said, what is suggested, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.actions.links import WHY
from cases.actions.merging import REASON
from cases.forms.desk import UnlinkForm
from cases.forms.desk.related import begun
from cases.lifecycle.links import FROM_THE_OTHER, LinkKind
from cases.models import Case, Link, Merge
from common.errors import RuleError
from safes.access import Where
from safes.desk.base import Page, Step

LOCKED = "Unlock what is sealed to you first: to compare words they have to be open."
UNSEEN = (
    "You see no concern and no case of this reference. Nothing was changed; your words are kept."
)


@dataclass(frozen=True)
class Line:
    """Another concern or case as the page shows it; the summary is None where it stays sealed."""

    ref: str
    url: str
    status: str
    is_case: bool
    summary: str | None
    # where the form stands that says what it is
    say: str
    why: str = ""
    phrase: str = ""


@dataclass(frozen=True)
class Said:
    """What somebody said of it and another one."""

    line: Line
    link: Link
    label: str
    reason: str | None
    is_kept: bool


def address_of(thing: access.Thing) -> str:
    """Return where a concern or case is."""
    return reverse(f"desk:{'case' if isinstance(thing, Case) else 'concern'}", args=[thing.ref])


def line_of(
    thing: access.Thing, texts: Mapping[Where, str], at: str, *, why: str = "", phrase: str = ""
) -> Line:
    """Return another concern or case as a page shows it; `at` is where it is said what it is."""
    return Line(
        ref=thing.ref,
        url=address_of(thing),
        status=thing.get_status_display(),
        is_case=isinstance(thing, Case),
        summary=texts.get((thing.pk, "summary")),
        say=f"{at}?other={thing.ref}#say",
        why=why,
        phrase=phrase,
    )


def places_of(things: Iterable[access.Thing]) -> list[Where]:
    """Return where the summaries are."""
    return [(one.pk, "summary") for one in things]


class RelatedPage(Page):
    """What else may belong to a concern or case. Words are compared when somebody asks for it."""

    words = frozenset({"reason"})

    @cached_property
    def thing(self) -> access.Thing:
        """Return the concern or case; hidden and absent give the same answer."""
        found = access.find_thing(self.person, str(self.kwargs["ref"]))
        if found is None:
            raise Http404
        return found

    @cached_property
    def subject(self) -> access.Subject:
        """Return what others are compared with."""
        return access.subject_of(self.thing, self.person)

    @cached_property
    def ties(self) -> list[access.Tie]:
        """Return what was said of it and others that who asks sees."""
        return access.ties_of(self.subject, self.person)

    @cached_property
    def may_act(self) -> bool:
        """Return whether who asks works on it."""
        return access.may_link(self.person, self.thing)

    def address(self) -> str:
        """Return where the page is."""
        return reverse("desk:related", args=[self.thing.ref])

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Compare words, for this moment, and show what is alike."""
        if "words" not in request.POST:
            return self.page()
        if self.opener is None:
            return self.page(words=_refused(LOCKED))
        found = access.alike_in_words(self.subject, self.person, self.opener)
        told = access.Search(found.looked_through, {one.pk: "" for one, _ in found.found})
        actions.note_search(told, by=self.person, now=self.now)
        self.compared = found
        return self.page()

    compared: access.Compared | None = None

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show what was said, and what is suggested."""
        suggested = access.related_to(self.subject, self.person)
        merges = self._merges()
        compared = self.compared.found if self.compared is not None else []
        others = [*(one.thing for one in suggested), *(one.other for one in self.ties)]
        texts = self.open(
            [
                *places_of([self.thing, *others, *(one for one, _ in compared)]),
                *((tie.link.pk, WHY) for tie in self.ties),
                *((one.pk, REASON) for one in merges),
            ]
        )
        here = self.address()
        said = [self._said(tie, texts) for tie in self.ties]
        return self.show(
            "cases/desk/related.html",
            thing=self.thing,
            is_case=isinstance(self.thing, Case),
            back=address_of(self.thing),
            title=texts.get((self.thing.pk, "summary")),
            said=[one for one in said if one.link.kind != LinkKind.UNRELATED],
            unrelated=[one for one in said if one.link.kind == LinkKind.UNRELATED],
            suggested=[line_of(one.thing, texts, here, why=one.why) for one in suggested],
            compared=self.compared,
            alike=[
                line_of(
                    one, texts, here, why=f"{like.percent} % alike in words", phrase=like.phrase
                )
                for one, like in compared
            ],
            may_act=self.may_act,
            merges=[(one, texts.get((one.pk, REASON))) for one in merges],
            form=next(iter(wrong.values()), None),
            say=wrong.get("say") or begun(self.request.GET.get("other", "")),
        )

    def _merges(self) -> list[Merge]:
        """Return what was merged into it, the latest first."""
        if not isinstance(self.thing, Case):
            return []
        return list(self.thing.merges.select_related("merged", "by").order_by("-at"))

    def _said(self, tie: access.Tie, texts: Mapping[Where, str]) -> Said:
        kind = LinkKind(tie.link.kind)
        label = kind.label if tie.is_first else FROM_THE_OTHER.get(kind, kind.label)
        return Said(
            line=line_of(tie.other, texts, self.address()),
            link=tie.link,
            label=label,
            reason=texts.get((tie.link.pk, WHY)),
            is_kept=kind == LinkKind.SPLIT_FROM,
        )


def _refused(why: str) -> forms.Form:
    form = forms.Form({})
    form.add_error(None, why)
    return form


class SayRelated(Step, RelatedPage):
    """Say what it is to another one, or that it has nothing to do with it."""

    name = "say"

    def form(self, data: Any) -> forms.Form:
        """Return what is said."""
        return begun("", data)

    def act(self, **entered: Any) -> str:
        """Say it."""
        other = access.find_thing(self.person, entered["other"])
        if other is None:
            raise RuleError(UNSEEN)
        kind = entered["kind"]
        actions.link(
            self.thing,
            other,
            kind=kind,
            by=self.person,
            reason=entered["reason"],
            opener=self.opener,
            now=self.now,
        )
        if kind == LinkKind.UNRELATED:
            return f"Written down: it is not related to {other.ref}, which is suggested no more."
        return f"Written down: {kind.label.lower()} {other.ref}."


class TakeLinkBack(Step, RelatedPage):
    """Take back what was said by a slip."""

    name = "back"

    def form(self, data: Any) -> forms.Form:
        """Return which."""
        return UnlinkForm(data)

    def act(self, **entered: Any) -> str:
        """Take it back."""
        links = {tie.link.pk: tie.link for tie in self.ties}
        made = links.get(UUID(str(entered["link"])))
        if made is None:
            msg = "This was taken back already. Nothing was changed."
            raise RuleError(msg)
        actions.unlink(made, by=self.person, now=self.now)
        return "Taken back. That it was said stays on record."
