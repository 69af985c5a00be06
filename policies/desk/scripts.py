"""The pages of the catalogue of scripts: the list, one of them, and what waits for a second."""

from typing import Any, NamedTuple

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from common.languages import LANGUAGES
from people.rules import OFFICE, Role
from policies import access, actions
from policies.forms.scripts import DecideScriptForm, ScriptForm
from policies.models import Script
from policies.rules.scripts import BLANKS, Audience, Blank, filled
from safes.desk.base import GuardedStep

# what a preview stands for a case with
SHOWN = {Blank.REFERENCE: "2026-7F3K2M", Blank.FILED: "16 March 2026", Blank.UNTIL: "30 March 2026"}


class Said(NamedTuple):
    """A version as it is shown: as it reads with a case's facts, and whether who looks decides."""

    script: Script
    preview: str
    language: str
    may_publish: bool


class Catalogue(GuardedStep):
    """The list, read by whoever writes to people, changed by policy owners and the head."""

    roles = OFFICE | {Role.POLICY_OWNER}

    def address(self) -> str:
        """Return where the list is."""
        return reverse("setup:scripts")

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show what is told when to whom, and what waits."""
        newest = [self.said(one) for one in Script.objects.newest()]
        return self.show(
            "policies/scripts.html",
            groups=[
                (label, [one for one in newest if one.script.audience == audience])
                for audience, label in Audience.choices
            ],
            waiting=[self.said(one) for one in Script.objects.waiting()],
            said=wrong.get("said") or ScriptForm(auto_id="said_%s"),
            may_keep=access.may_keep(self.person),
            form=next(iter(wrong.values()), None),
        )

    def said(self, script: Script) -> Said:
        """Return a version as it is shown."""
        values = {one: SHOWN[one] for one in BLANKS[Audience(script.audience)]}
        return Said(
            script,
            filled(script.text, values),
            dict(LANGUAGES).get(script.language, script.language),
            script.made_by_id != self.person.pk,
        )


class Scripts(Catalogue):
    """The list itself, on which a new script is proposed."""

    name = "said"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show it."""
        return self.page()

    def form(self, data: Any) -> forms.Form:
        """Return what the new one says."""
        return ScriptForm(data, auto_id="said_%s")

    def act(self, **entered: Any) -> str:
        """Propose it."""
        actions.propose_script(by=self.person, now=self.now, **entered)
        return "Proposed. It counts once another policy owner or the head publishes it."


class OneScript(Scripts):
    """One script with its versions, and the form to propose another."""

    @cached_property
    def script(self) -> Script:
        """Return its newest published version."""
        found = Script.objects.newest().filter(code=self.kwargs["code"]).first()
        if found is None:
            raise Http404
        return found

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show what it says, and what it said before."""
        versions = Script.objects.filter(code=self.script.code)
        found = versions.select_related("made_by", "decided_by").order_by("-n")
        return self.show(
            "policies/script.html",
            script=self.script,
            versions=[self.said(one) for one in found],
            said=wrong.get("said") or self.form(None),
            may_keep=access.may_keep(self.person),
            form=next(iter(wrong.values()), None),
        )

    def form(self, data: Any) -> forms.Form:
        """Return what the next version says."""
        return ScriptForm(data, of=self.script, auto_id="said_%s")


class DecideScript(Catalogue):
    """Publish a version that somebody else proposed, or drop it."""

    name = "decide"

    def form(self, data: Any) -> forms.Form:
        """Return which, and what becomes of it."""
        return DecideScriptForm(data)

    def act(self, **entered: Any) -> str:
        """Do it."""
        draft: Script = entered["draft"]
        if entered["what"] == "publish":
            actions.publish_script(draft, by=self.person, now=self.now)
            return "Published. It counts for what is told from now on."
        actions.drop_script(draft, by=self.person, now=self.now)
        return "Dropped. All stays as it was."
