"""Take down what somebody says while they say it, and read out the receipt."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.forms.desk import TakingForm
from cases.models import Concern
from common import days, keys, sealing
from common.errors import RuleError
from people.models import Person
from safes.desk.base import Page
from safes.rules import Receipt

# for so long a page that is sent once more shows its receipt again
SHOWN_FOR = timedelta(hours=2)
SHOWN = (
    "This page was sent before, and its receipt is not shown any more. Nothing was filed again. "
    "Take the next one down on a new page."
)
# the spelling alphabet of ITU and ICAO, for the symbols that a receipt is made of
WORDS = dict(
    zip(
        "ABCDEFGHJKMNPQRSTVWXYZ0123456789",
        [
            "Alfa",
            "Bravo",
            "Charlie",
            "Delta",
            "Echo",
            "Foxtrot",
            "Golf",
            "Hotel",
            "Juliett",
            "Kilo",
            "Mike",
            "November",
            "Papa",
            "Quebec",
            "Romeo",
            "Sierra",
            "Tango",
            "Victor",
            "Whiskey",
            "X-ray",
            "Yankee",
            "Zulu",
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
        ],
        strict=True,
    )
)


class Group(NamedTuple):
    """Four symbols of a receipt, and how they are read out."""

    symbols: str
    spelled: str


def spelled(receipt: Receipt) -> list[Group]:
    """Return the groups of a receipt with the words in which each is read out."""
    return [Group(group, ", ".join(WORDS[symbol] for symbol in group)) for group in receipt.groups]


@dataclass(frozen=True)
class Sheet:
    """What a page carries, sealed to whoever opened it: the receipt it gives, and what it files.

    So the same page sent twice files once, and gives the same receipt.
    """

    receipt: Receipt
    concern_id: UUID
    opened_at: datetime

    @classmethod
    def new(cls, now: datetime) -> "Sheet":
        """Return a fresh sheet."""
        return cls(Receipt.new(), uuid4(), now)

    @classmethod
    def read(cls, sealed: str, *, of: Person) -> "Sheet | None":
        """Return what `sealed` made for the same person, or None."""
        try:
            envelope = base64.urlsafe_b64decode(sealed)
            facts = json.loads(sealing.decrypt(_key(), envelope, of.pk.bytes))
        except (binascii.Error, ValueError, sealing.SealBrokenError):
            return None
        at = datetime.fromisoformat(facts["at"])
        return cls(Receipt(facts["receipt"]), UUID(facts["concern"]), at)

    def sealed(self, *, of: Person) -> str:
        """Return the sheet as its form carries it."""
        facts = {
            "receipt": self.receipt.symbols,
            "concern": str(self.concern_id),
            "at": self.opened_at.isoformat(),
        }
        envelope = sealing.encrypt(_key(), json.dumps(facts).encode(), of.pk.bytes)
        return base64.urlsafe_b64encode(envelope).decode()


def _key() -> bytes:
    return keys.derived("taking-down")


class TakeDown(Page):
    """One page on which an officer writes down what somebody says."""

    @cached_property
    def sheet(self) -> Sheet:
        """Return what the page carries; a fresh one where it was opened anew."""
        carried = Sheet.read(self.request.POST.get("page", ""), of=self.person)
        return carried or Sheet.new(self.now)

    def address(self) -> str:
        """Return where the page is."""
        return reverse("desk:take-down")

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """File it and show the receipt, or show the page again with all that was entered."""
        form = self._form(request.POST)
        if form.is_valid():
            try:
                concern = self._take_down(form)
            except RuleError as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._taken(concern, form)
        return self.page(taking=form)

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the page; nothing that was entered is lost."""
        return self.show(
            "cases/desk/take_down.html",
            form=wrong.get("taking") or self._form(None),
            sheet=self.sheet.sealed(of=self.person),
            wrong=bool(wrong),
        )

    def _form(self, data: Any) -> TakingForm:
        return TakingForm(data, today=days.day_of(self.now))

    def _take_down(self, form: TakingForm) -> Concern:
        sheet, given = self.sheet, form.cleaned_data
        is_old = self.now - sheet.opened_at > SHOWN_FOR
        if is_old and access.concern_of(sheet.receipt) is not None:
            raise RuleError(SHOWN)
        return actions.take_down(
            concern_id=sheet.concern_id,
            receipt=sheet.receipt,
            filing=form.filing(),
            channel=given["channel"],
            said_on=given["said_on"],
            by=self.person,
            now=self.now,
        )

    def _taken(self, concern: Concern, form: TakingForm) -> HttpResponse:
        """Show the receipt, to be read out: it is stored nowhere, and stands on this page alone.

        Whoever was walled off by what they wrote is shown the same page as everybody.
        """
        return self.show(
            "cases/desk/taken.html",
            concern=concern,
            groups=spelled(self.sheet.receipt),
            is_danger=form.cleaned_data["in_danger"] == "yes",
            url=reverse("desk:concern", args=[concern.ref]),
        )
