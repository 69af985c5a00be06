"""One file of a concern or case: its clean copy, and its original once a second person let go."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from cases import access, actions
from cases.desk.views import material
from cases.desk.views.case import CasePage
from cases.desk.views.concern import LOCKED
from cases.desk.views.redacted import copies_of, places_of, shown_of
from cases.desk.views.sending import Sent
from cases.duties import address_of
from cases.forms import uploads
from cases.forms.desk import AddFileForm, AgainForm, ReasonForm, ReleaseForm
from cases.lifecycle import Area, FileState
from cases.models import Attachment, Case, Concern, OriginalRequest, Redaction
from cases.rules import WHY_WORDS
from common.errors import RuleError
from files.access import Opened
from files.rules.kinds import KINDS, Why
from people.rules import OFFICE, Role
from safes.access import Where
from safes.desk.base import AtDesk, GuardedStep, Page, Step

_SAFE_ENDING = "bin"
# what the addresses of a case's files say: those of a concern's stand below the concern
OF_CASE = {"of": "case"}

# -- the section of a case ----------------------------------------------------------------------


class FilesSection(CasePage):
    """What the office added to the case, and what reporters added to its concerns."""

    section = "files"

    def places(self) -> list[Where]:
        """Return where the names of the files are, and what is known of redacted copies."""
        return [*material.file_places(self.files), *places_of(self.copies)]

    @cached_property
    def copies(self) -> list[Redaction]:
        """Return the redacted copies."""
        return copies_of(self.case, self.concerns)

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return the files, those of the office first."""
        shown = material.files_of(self.files, texts)
        return {
            "files": [file for file in shown if file.is_ours],
            "files_told": [file for file in shown if not file.is_ours],
            "add": wrong.get("add") or AddFileForm(),
            "copies": shown_of(self.case, self.copies, texts),
        }


@method_decorator(csrf_exempt, name="dispatch")
class AddFile(Step, FilesSection):
    """Add a file to the case, sealed while it is read.

    The token against forgery stands in the form, so it is checked here, where the form is read
    into what seals: before that Django would read it into memory.
    """

    name = "add"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Take files of those alone who are signed in, and leave none behind."""
        answer = csrf_protect(super().dispatch)
        if not request.user.is_authenticated:
            return answer(request, *args, **kwargs)
        with uploads.taken(request):
            return answer(request, *args, **kwargs)

    def form(self, data: Any) -> forms.Form:  # noqa: ARG002 - the file came beside what was entered
        """Return the form with the file, or with why it was not taken."""
        return uploads.form_of(self.request, AddFileForm)

    def act(self, **entered: Any) -> str:
        """Add it."""
        file: uploads.SealedFile = entered["file"]
        actions.add_to_case(
            self.case, upload=file.upload, by=self.person, now=self.now, opener=self.opener
        )
        return "Added. The cleaner makes a clean copy of it, which takes seconds."


# -- one file -----------------------------------------------------------------------------------


class OfFile(AtDesk):
    """Anything about one file of a concern or case that this person may see."""

    roles = OFFICE | {Role.EXPERT}

    @cached_property
    def about(self) -> Concern | Case:
        """Return what it belongs to; hidden and absent give the same answer."""
        ref = str(self.kwargs["ref"])
        if self.kwargs.get("of") == OF_CASE["of"]:
            case = access.get_case(self.person, ref)
            access.require_seen(self.person, case, Area.EVIDENCE)
            return case
        return access.get_concern(self.person, ref)

    @cached_property
    def attachment(self) -> Attachment:
        """Return the file; hidden and absent give the same answer."""
        about = self.about
        found = about.attachments.filter(n=self.kwargs["n"]).first()
        if found is None:
            raise Http404
        # what is known of these already need not be asked again
        if isinstance(about, Case):
            found.case = about
        else:
            found.concern = about
        return found

    def back(self) -> str:
        """Return where the file is shown."""
        return address_of(self.attachment)


class FilePage(OfFile, Page):
    """What is known of a file, what was taken out of it, and who asked for the original."""

    def address(self) -> str:
        """Return where the file is."""
        return self.back()

    @cached_property
    def requests(self) -> list[OriginalRequest]:
        """Return who asked for the original, the latest first."""
        found = self.attachment.requests.select_related("asked_by", "released_by")
        return list(found.order_by("-asked_at"))

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the file."""
        file = self.attachment
        reasons: list[Where] = [(request.pk, "reason") for request in self.requests]
        texts = self.open([(file.pk, "name"), (file.pk, "removed"), *reasons])
        waiting = [one for one in self.requests if not one.released_by_id and one.until > self.now]
        released = [one for one in self.requests if one.released_by_id and one.until > self.now]
        mine = [one for one in (*waiting, *released) if one.asked_by_id == self.person.pk]
        return self.show(
            "cases/desk/file.html",
            file=file,
            here=self.address(),
            **self._places(),
            kind=KINDS[file.media_type].extension.upper(),
            name=texts.get((file.pk, "name")),
            removed=json.loads(texts.get((file.pk, "removed"), "[]")),
            why=WHY_WORDS[Why(file.why)] if file.why else "",
            is_clean=file.state == FileState.CLEANED,
            may_act=access.works_on_file(self.person, file),
            may_try_again=file.state == FileState.QUARANTINED,
            asked=[(one, texts.get((one.pk, "reason"))) for one in self.requests],
            waiting=[one for one in waiting if one.asked_by_id != self.person.pk],
            mine=mine[0] if mine else None,
            ask=wrong.get("ask") or ReasonForm(auto_id="ask_%s"),
            form=next(iter(wrong.values()), None),
        )

    def _places(self) -> dict[str, Any]:
        """Return what the file belongs to, where that is, and where each act on the file is."""
        file, about = self.attachment, self.about
        case = about if isinstance(about, Case) else about.case
        section = reverse("desk:files", args=[case.ref]) if case else None
        return {
            "about": about,
            "is_ours": isinstance(about, Case),
            "up": (case or about).ref,
            "redact_url": f"{reverse('desk:redact', args=[case.ref])}?of=file:{file.pk}"
            if case
            else "",
            "up_url": section or reverse("desk:concern", args=[about.ref]),
            "at": {
                route: address_of(file, route)
                for route in ("download", "again", "original", "ask", "release")
            },
        }


class AskForOriginal(GuardedStep, FilePage):
    """Ask for the original."""

    name = "ask"

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        return ReasonForm(data, auto_id="ask_%s")

    def act(self, **entered: Any) -> str:
        """Ask."""
        actions.ask_for_original(
            self.attachment, by=self.person, reason=entered["reason"], now=self.now
        )
        return "Asked. Somebody else on it has to release the original; they see it here."


class ReleaseOriginal(GuardedStep, FilePage):
    """Release the original to whoever asked for it."""

    name = "release"

    def form(self, data: Any) -> forms.Form:
        """Return which request."""
        return ReleaseForm(data)

    def act(self, **entered: Any) -> str:
        """Release it."""
        if self.opener is None:
            raise RuleError(LOCKED)
        asked = self.attachment.requests.filter(pk=entered["request"]).first()
        if asked is None:
            raise Http404
        asked.attachment = self.attachment
        released = actions.release_original(asked, by=self.person, opener=self.opener, now=self.now)
        return f"Released to {released.asked_by.name} for a day."


class CleanAgain(Step, FilePage):
    """Send a file that is kept apart to the cleaner once more."""

    name = "again"

    def form(self, data: Any) -> forms.Form:
        """Return nothing but the act."""
        return AgainForm(data)

    def act(self, **entered: Any) -> str:  # noqa: ARG002 - nothing is entered
        """Send it."""
        if self.opener is None:
            raise RuleError(LOCKED)
        actions.send_again(self.attachment, by=self.person, opener=self.opener, now=self.now)
        return "Sent to the cleaner. Look again in a minute."


class _SentFile(OfFile, Sent):
    """A file, as its page leads to it."""

    def refused(self, request: HttpRequest, refusal: RuleError) -> HttpResponseBase:
        """Show the file, and why it was not sent."""
        messages.error(request, str(refusal))
        return FilePage.as_view()(request, **self.kwargs)


class Download(_SentFile):
    """The clean copy."""

    def opened(self) -> Opened:
        """Return the clean copy, its reading recorded."""
        return actions.read_file(self.attachment, by=self.person, opener=self.key, now=self.now)

    def filename(self) -> str:
        """Return the reference, the file's number and the ending of its kind."""
        ending = KINDS[self.attachment.media_type].copy_extension
        return f"{self.about.ref}-{self.attachment.n}.{ending}"


class Original(_SentFile):
    """The original, to whoever asked for it, while its release lasts."""

    def opened(self) -> Opened:
        """Return the original, its reading recorded."""
        return actions.read_original(self.attachment, by=self.person, opener=self.key, now=self.now)

    def filename(self) -> str:
        """Return a name of ours; what could not be cleaned gets no ending that opens a program."""
        file = self.attachment
        is_known = file.state == FileState.CLEANED
        ending = KINDS[file.media_type].extension if is_known else _SAFE_ENDING
        return f"{self.about.ref}-{file.n}-original.{ending}"
