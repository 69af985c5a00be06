"""Concerns, receipts and cases over the API."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from cases import access, actions, rules
from cases.forms import intake as forms
from cases.lifecycle import Channel, ConcernStatus
from cases.models import Case, Category, Concern, Entrance, Message
from cases.serializers import (
    NEWS,
    CaseFilters,
    CaseOut,
    CategoryOut,
    ConcernIn,
    ExclusionIn,
    Filed,
    MessageIn,
    MessageOut,
    ReadersIn,
    ReadersNowIn,
    ReadersNowOut,
    ReadersOut,
    ReceiptIn,
    ReporterView,
)
from common import clock, days, limits
from common.limits import Act
from common.serializers import Query
from people.api import AskedFirstError, Body, create_once, program_of
from people.rules import Role, Scope
from policies.models import Kind as Promised
from safes import access as opening
from safes.rules import Receipt

NAMES_READERS = (
    "This message names somebody who would read it. Nothing was sent. Keep them away first, or "
    "send it again and say that they may read it."
)
# One sentence for every receipt that opens nothing, whatever the reason.
OPENS_NOTHING = "Nothing opens with this receipt. Look at it again, letter by letter."
DOOR_REFUSALS = {
    404: OpenApiResponse(description="Nothing opens with this receipt."),
    429: OpenApiResponse(description="Too many are asking now."),
}
# for how many seconds somebody is asked to wait, as at the pages of the door
WAIT = 20


class Categories(generics.ListAPIView[Category]):
    """What a concern can be about at this site."""

    scopes = {"GET": Scope.CATEGORIES_READ}
    queryset = Category.objects.none()
    serializer_class = CategoryOut
    ordering = ("position", "code")

    def get_queryset(self) -> "QuerySet[Category]":
        """Return those that are offered, unless something unknown was asked."""
        Query(data=self.request.query_params).is_valid(raise_exception=True)
        return Category.objects.filter(is_active=True)

    @extend_schema(
        operation_id="list_categories",
        summary="List the categories",
        description="What a concern can be about at this site, in the order it is offered.",
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer one page."""
        return super().get(request, *args, **kwargs)


class Concerns(APIView):
    """Where programs file."""

    scopes = {"POST": Scope.CONCERNS_CREATE}

    @extend_schema(
        operation_id="file_concern",
        summary="File a concern",
        description="Seals what is told to those who triage, starts the promised time limits, and "
        "answers with the receipt. Give the receipt to the reporter and keep no copy: it is the "
        "key to the conversation, and is in this answer alone. When the reporter first comes back "
        "to the pages of the door, they can change it for one that nobody else has seen; this one "
        "then opens nothing. Of an anonymous reporter the day is kept, and no time.",
        request=ConcernIn,
        responses={201: Filed},
    )
    def post(self, request: Request) -> Response:
        """File what was sent, once for each key."""
        return create_once(request, lambda: _file(request))


def _file(request: Request) -> Body:
    given = ConcernIn(data=request.data)
    given.is_valid(raise_exception=True)
    receipt = Receipt.new()
    concern = actions.file_concern(
        receipt=receipt,
        filing=given.filing(),
        now=clock.now(),
        channel=Channel(given.validated_data["channel"]),
        by=program_of(request).actor,
    )
    told = {
        "ref": concern.ref,
        "receipt": str(receipt),
        "acknowledge_by": concern.acknowledge_by,
        "feedback_by": concern.feedback_by,
    }
    return dict(Filed(told).data)


class ConcernReaders(APIView):
    """Where programs ask who would read what they are about to file."""

    scopes = {"POST": Scope.CONCERNS_CREATE}

    @extend_schema(
        operation_id="ask_readers",
        summary="Ask who would read a concern",
        description="Answers as the pages of the door do before sending: who would read it at "
        "once, and who if a promise is broken, without those whom it is about, whoever reports to "
        "them, stands in for them, or declared to be close to them. Nothing is kept.",
        request=ReadersIn,
        responses={200: ReadersOut},
    )
    def post(self, request: Request) -> Response:
        """Say who would read it."""
        given = ReadersIn(data=request.data)
        given.is_valid(raise_exception=True)
        walls = access.walls_around(given.subjects(), since=days.day_of(clock.now()))
        return Response(ReadersOut(access.readers_beyond(walls)).data)


class Budgets(BaseThrottle):
    """Lets the reporter's door be asked as often as its budgets allow, whoever asks."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Return whether this may be done now."""
        act = view.counted_as if isinstance(view, Door) else Act.STEP
        return limits.take(act, request.META.get(limits.NETWORK))

    def wait(self) -> float:
        """Return after how many seconds to try again."""
        return WAIT


class Door(APIView):
    """What reporters ask over the API: without a token, counted like the pages of the door."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (Budgets,)
    counted_as = Act.RECEIPT


class Receipts(Door):
    """Where a reporter comes back. Nobody has to say who they are."""

    @extend_schema(
        operation_id="open_receipt",
        summary="See what became of a concern",
        description="What the reporter sees: where it stands, what was promised and kept, the "
        "conversation, and who asked to open a confidential name. What the team wrote counts as "
        "seen afterwards. Send no token: who asks is neither asked nor noted. A receipt that opens "
        "nothing gets one answer, whatever is wrong.",
        request=ReceiptIn,
        responses={200: ReporterView, **DOOR_REFUSALS},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Show the reporter's view."""
        given = ReceiptIn(data=request.data)
        given.is_valid(raise_exception=True)
        concern, receipt = _opened(given.validated_data["receipt"])
        shown = _reporter_view(concern, receipt)
        actions.read_by_reporter(concern, now=clock.now())
        return Response(ReporterView(shown).data)


class ReceiptMessages(Door):
    """Where a reporter writes to the team."""

    counted_as = Act.MESSAGE

    @extend_schema(
        operation_id="write_message",
        summary="Write to the team",
        description="Sends a message in the reporter's name, sealed to those who work on it. One "
        "that names in full somebody who would read it is held up first, as on the pages of the "
        "door: 409 with `named_readers`. Ask the reporter. Keep these persons away "
        "(`exclude_readers`) and send it again, or send it again with their ids in `may_read`.",
        request=MessageIn,
        responses={201: MessageOut, **DOOR_REFUSALS},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Send the message, once for each key."""
        given = MessageIn(data=request.data)
        given.is_valid(raise_exception=True)
        concern, receipt = _opened(given.validated_data["receipt"])
        return create_once(
            request,
            lambda: _say(concern, receipt, **given.message()),
            who=receipt.locator.hex(),
        )


class ReceiptReaders(Door):
    """Where a reporter sees who reads what they sent, or what they are about to send."""

    @extend_schema(
        operation_id="see_readers",
        summary="See who reads it",
        description="Who reads a concern today; of a draft, who would read it if it were sent now. "
        "With `body`, who of them is named in full in what is about to be written: a message to "
        "the team keeps nobody away by itself.",
        request=ReadersNowIn,
        responses={200: ReadersNowOut, **DOOR_REFUSALS},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Show who reads it."""
        given = ReadersNowIn(data=request.data)
        given.is_valid(raise_exception=True)
        concern, receipt = _opened(given.validated_data["receipt"])
        found = _readers_of(concern, receipt)
        body = given.validated_data.get("body", "")
        named = rules.named_in("", body, [*found.active, *found.dormant])
        shown = _told(found, _entrance_of(concern, receipt))
        return Response({**shown, "named": [person.name for person in named]})


class ReceiptExclusions(Door):
    """Where a reporter keeps somebody away from what they sent."""

    counted_as = Act.MESSAGE

    @extend_schema(
        operation_id="exclude_readers",
        summary="Keep somebody away",
        description="Raises a wall before these persons, whoever reports to them, stands in for "
        "them, or declared to be close to them, and takes their keys. What they have read they "
        "cannot unread. Answers with who reads it from now on; refused where nobody would be left.",
        request=ExclusionIn,
        responses={200: ReadersOut, **DOOR_REFUSALS},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Keep them away."""
        given = ExclusionIn(data=request.data)
        given.is_valid(raise_exception=True)
        concern, receipt = _opened(given.validated_data["receipt"])
        persons = given.validated_data["exclude"]
        readers = actions.exclude_readers(concern, persons=persons, now=clock.now())
        return Response(_told(readers, _entrance_of(concern, receipt)))


def _entrance_of(concern: Concern, receipt: Receipt) -> Entrance | None:
    """Return by which entrance somebody came in, or began to write."""
    if concern.status != ConcernStatus.DRAFT:
        return concern.entrance
    return access.draft_entrance(access.draft_answers(concern, receipt))


def _told(found: access.Readers, entrance: Entrance | None) -> dict[str, Any]:
    """Return who reads; whoever came in from outside is told what they do instead of a name."""
    shown: dict[str, Any] = ReadersOut(found).data
    if entrance is not None:
        for one in (*shown["at_once"], *shown["if_late"]):
            one["name"] = ", ".join(Role(role).label for role in one["roles"])
    return shown


def _readers_of(concern: Concern, receipt: Receipt) -> access.Readers:
    """Return who reads what was sent; of a draft, as the review of the wizard says it."""
    if concern.status != ConcernStatus.DRAFT:
        return access.readers_of(concern)
    kept = access.draft_answers(concern, receipt)
    fields, form = kept.get("fields"), access.draft_form(kept)
    answers: forms.Answers = fields if isinstance(fields, dict) else {}
    today = days.day_of(clock.now())
    return forms.readers(answers, concern.kind, form, since=today) or access.readers()


def _reporter_view(concern: Concern, receipt: Receipt) -> dict[str, Any]:
    talk = list(concern.messages.order_by("n"))
    bodies = opening.open_texts(receipt.opener, [(message.pk, "body") for message in talk])
    return {
        "status": concern.status,
        "milestones": [] if concern.status == ConcernStatus.DRAFT else _milestones(concern),
        "messages": [_shown(message, bodies.get((message.pk, "body"))) for message in talk],
        "identity": access.traces(concern, receipt),
    }


def _milestones(concern: Concern) -> list[dict[str, Any]]:
    promised: list[tuple[str, date | None, date | None]] = [
        (Promised.ACKNOWLEDGE, concern.acknowledge_by, concern.acknowledged_on),
        (Promised.FEEDBACK, concern.feedback_by, concern.closed_on),
    ]
    again = [(NEWS, one.until, one.kept_on) for one in access.promised_news(concern)]
    anew = [(Promised.FEEDBACK, *one) for one in access.promised_anew(concern)]
    listed = [*promised[:1], *again, *promised[1:], *anew]
    return [{"what": what, "promised_on": by, "kept_on": on} for what, by, on in listed]


def _shown(message: Message, body: str | None) -> dict[str, Any]:
    is_ours = message.author_id is not None
    return {
        "n": message.n,
        "from": "team" if is_ours else "you",
        "on": message.on,
        "body": body,
        "is_new": is_ours and not message.is_seen,
    }


def _say(concern: Concern, receipt: Receipt, *, body: str, may_read: set[UUID]) -> Body:
    # what is held up counts too: else names could be looked for without an end
    if not limits.take_own(Act.MESSAGE, receipt.counter):
        raise Throttled(limits.own_wait(Act.MESSAGE))
    named = [one for one in access.readers_named_in(concern, body) if one.pk not in may_read]
    if named:
        told = [{"id": person.pk, "name": person.name} for person in named]
        raise AskedFirstError(NAMES_READERS, named_readers=told)
    message: Message = actions.say(concern, text=body, now=clock.now(), opener=receipt.opener)
    return dict(MessageOut(_shown(message, body)).data)


def _opened(receipt: Receipt) -> tuple[Concern, Receipt]:
    """Return the concern of a receipt; one that cannot be is looked for like any other."""
    concern = access.concern_of(receipt)
    if concern is None:
        raise NotFound(OPENS_NOTHING)
    return concern, receipt


class CaseReads(generics.GenericAPIView[Case]):
    """Cases as programs see them."""

    scopes = {"GET": Scope.CASES_READ}
    queryset = Case.objects.none()
    serializer_class = CaseOut
    lookup_field = "ref"
    ordering = ("-opened_at", "-ref")

    def get_queryset(self) -> "QuerySet[Case]":
        """Return the cases this program may see, with what is shown of their concerns."""
        concerns = Concern.objects.only("ref", "kind", "channel", "case_id").order_by("ref")
        return (
            Case.objects.open_to(program_of(self.request))
            .select_related("unit")
            .prefetch_related(Prefetch("concerns", concerns))
        )


@extend_schema_view(
    get=extend_schema(
        operation_id="list_cases",
        summary="List cases",
        description="The metadata of cases, the newest first. Names and words are never in it.",
        parameters=[CaseFilters],
    )
)
class Cases(CaseReads, generics.ListAPIView[Case]):
    """A list of cases."""

    def get_queryset(self) -> "QuerySet[Case]":
        """Return the cases that were asked for."""
        filters = CaseFilters(data=self.request.query_params)
        filters.is_valid(raise_exception=True)
        return super().get_queryset().filter(**filters.lookups())


@extend_schema_view(
    get=extend_schema(
        operation_id="get_case",
        summary="Read one case",
        description="The metadata of one case. Hidden and absent get the same answer.",
    )
)
class CaseDetail(CaseReads, generics.RetrieveAPIView[Case]):
    """One case."""
