"""Concerns and cases, and what hangs on them. Words and names are not here: they are sealed."""

import uuid
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from cases.lifecycle import (
    PENDING,
    WORKED_ON,
    CaseStatus,
    Channel,
    ConcernStatus,
    FileState,
    Finding,
    Kind,
    Level,
    Mode,
    RequestState,
)
from people.models import ApiClient, Person, Unit
from people.rules import FOR_EVER, Conflicts, Role
from policies.models import PolicyVersion
from safes.models import Grant, MissingGrant, Safe, State, only_on_record

# No site can let an identity be open for longer: the database refuses it.
LONGEST_OPENING = timedelta(days=31)
# Whoever holds a key to what was told, or to its case, would come by both shares.
# It is asked at the gate, since whoever decides does not see who else holds what.
DECIDED_BY_WHOEVER_READS = """
    IF TG_OP = 'UPDATE' AND OLD.decided_by_id IS NOT DISTINCT FROM NEW.decided_by_id THEN
        RETURN NEW;
    END IF;
    PERFORM set_config('ed.gate', 'open', true);
    IF EXISTS (
        SELECT 1 FROM safes_grant g
        WHERE g.person_id = NEW.decided_by_id AND (
            g.safe_id = NEW.safe_id
            OR g.safe_id IN (SELECT holder_safe_id FROM safes_grant WHERE safe_id = NEW.safe_id)
        )
    ) THEN
        RAISE EXCEPTION 'whoever decides holds a key to the concern' USING ERRCODE = '23514';
    END IF;
    PERFORM set_config('ed.gate', was, true);
    RETURN NEW;
"""

# a signed record goes with its case, and never alone
WITH_ITS_CASE = only_on_record(
    "e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id)"
)
ON_RECORD = only_on_record("OLD.safe_id = ANY (e.safes)")


class Category(models.Model):
    """What a concern is about; the site's own."""

    code = models.SlugField(primary_key=True)
    label = models.CharField(max_length=80)
    hint = models.CharField(max_length=160, blank=True)
    is_grave = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Privacy:
        plain = {"code", "label", "hint", "is_grave", "is_active", "position"}

    def __str__(self) -> str:
        return self.label


class Place(NamedTuple):
    """Where a row stands in a list ordered by urgency, time and reference: a page ends there."""

    urgency: int
    at: datetime | None
    ref: str


def _behind(place: Place, **following: str) -> Q:
    """Return what is less urgent, or due later, or as needed and following by its reference."""
    level = Q(next_due_at=place.at, **following)
    if place.at is not None:
        level |= Q(next_due_at__gt=place.at) | Q(next_due_at=None)
    return Q(urgency__lt=place.urgency) | (Q(urgency=place.urgency) & level)


class CaseQuerySet(models.QuerySet["Case"]):
    """Reads of cases."""

    def locked(self, pk: uuid.UUID) -> "Case":
        """Return a case, held until the commit; what hangs on it is read afterwards, afresh."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def visible_to(self, person: Person) -> "CaseQuerySet":
        """Return the cases whose metadata a person may see: the only gate, and it fails closed."""
        if not person.is_active:
            return self.none()
        walled = Wall.objects.before(person.conflicts).filter(case=OuterRef("pk"))
        reach = Q(Exists(Member.objects.current().filter(case=OuterRef("pk"), person=person)))
        reach |= Q(
            Exists(
                CaseUserObjectPermission.objects.filter(
                    content_object=OuterRef("pk"), user=person, permission__codename="view_case"
                )
            )
        )
        if person.holds(Role.HEAD):
            reach = Q()
        return self.filter(reach).exclude(Exists(walled))

    def open(self) -> "CaseQuerySet":
        """Return what is being worked on."""
        return self.filter(status=CaseStatus.OPEN)

    def closed(self) -> "CaseQuerySet":
        """Return what is closed, the latest first."""
        return self.filter(status=CaseStatus.CLOSED).order_by("-closed_at", "-ref")

    def worked_by(self, person: Person) -> "CaseQuerySet":
        """Return the cases on whose team somebody is."""
        return self.filter(pk__in=Member.objects.current().filter(person=person).values("case"))

    def open_to(self, client: ApiClient) -> "CaseQuerySet":
        """Return the cases whose metadata a program may see: a wall around its owner holds."""
        walled = Wall.objects.before(client.conflicts).filter(case=OuterRef("pk"))
        return self.exclude(Exists(walled))

    def by_need(self) -> "CaseQuerySet":
        """Return the most urgent first, then the nearest clock."""
        return self.order_by("-urgency", models.F("next_due_at").asc(nulls_last=True), "-ref")

    def after(self, place: Place) -> "CaseQuerySet":
        """Return what comes after a place in the order of need."""
        return self.filter(_behind(place, ref__lt=place.ref), urgency__lte=place.urgency)

    def closed_before(self, place: Place) -> "CaseQuerySet":
        """Return what was closed before a closed case; here its time is that of the closing."""
        at = place.at
        return self.filter(Q(closed_at__lt=at) | Q(closed_at=at, ref__lt=place.ref))


class Case(models.Model):
    """The office's working file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    ref = models.CharField(max_length=16, unique=True)
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.OPEN)
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True)
    urgency = models.PositiveSmallIntegerField(choices=Level)
    severity = models.PositiveSmallIntegerField(choices=Level)
    lead = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="leads")
    safe = models.OneToOneField(Safe, on_delete=models.PROTECT)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=30, choices=Finding, blank=True)
    next_due_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=CaseStatus.OPEN, closed_at__isnull=True, finding="")
                | (Q(status=CaseStatus.CLOSED, closed_at__isnull=False) & ~Q(finding="")),
                name="cases_case_closed_with_a_finding",
            )
        ]
        indexes = [
            models.Index(
                models.F("urgency").desc(),
                models.F("next_due_at").asc(nulls_last=True),
                models.F("ref").desc(),
                condition=Q(status=CaseStatus.OPEN),
                name="cases_case_by_need",
            ),
            models.Index(fields=["-closed_at"], name="cases_case_closed"),
            models.Index(fields=["-opened_at", "-ref"], name="cases_case_opened"),
        ]
        triggers = [ON_RECORD]

    class Privacy:
        personal = {"lead"}
        plain = {
            "id", "ref", "status", "category", "unit", "urgency", "severity", "safe", "opened_at",
            "closed_at", "finding", "next_due_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.ref


class CaseUserObjectPermission(UserObjectPermissionBase):
    """A permission on one case for one person outside its team (an auditor's sample, say)."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE)

    class Privacy:
        personal = {"user"}
        plain = {"id", "permission", "content_object"}


class CaseGroupObjectPermission(GroupObjectPermissionBase):
    """Guardian wants both; nobody is given a case by group."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE)

    class Privacy:
        plain = {"id", "permission", "content_object", "group"}


class MemberQuerySet(models.QuerySet["Member"]):
    """Reads of case teams."""

    def current(self) -> "MemberQuerySet":
        """Return who is on a case now."""
        return self.filter(left_at=None)


class Member(models.Model):
    """Somebody on a case's team, in one function."""

    class Function(models.TextChoices):
        LEAD = "lead", "Lead"
        INVESTIGATOR = "investigator", "Investigator"
        INDEPENDENT = "independent", "Independent person"

    # random: no number has to be asked back from a row that is not seen yet (docs/adr/0013)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    function = models.CharField(max_length=20, choices=Function)
    since = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=Q(left_at=None),
                name="cases_member_once",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(left_at=None, function="lead"),
                name="cases_member_one_lead",
            ),
        ]
        indexes = [models.Index(fields=["person", "case"], name="cases_member_person")]

    class Privacy:
        personal = {"person"}
        plain = {"id", "case", "function", "since", "left_at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.function}"


class ConcernQuerySet(models.QuerySet["Concern"]):
    """Reads of concerns."""

    def locked(self, pk: uuid.UUID) -> "Concern":
        """Return a concern, held until the commit; what hangs on it is read afterwards, afresh."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def held_of(self, case: Case) -> list["Concern"]:
        """Return the concerns of a case, held until the commit, in one order for everybody."""
        held = self.filter(case=case).select_for_update(of=("self",))
        return list(held.select_related("safe", "identity_safe").order_by("pk"))

    def visible_to(self, person: Person) -> "ConcernQuerySet":
        """Return the concerns a person may see: the only gate, and it fails closed."""
        if not person.is_active:
            return self.none()
        walled = Wall.objects.before(person.conflicts).filter(concern=OuterRef("pk"))
        on_case = Member.objects.current().filter(case=OuterRef("case"), person=person)
        reach = Q(owner=person) | Q(handed_to=person) | Q(Exists(on_case))
        if person.holds(Role.OFFICER):
            reach |= Q(status=ConcernStatus.RECEIVED)
        if person.holds(Role.HEAD):
            reach = Q()
        return self.exclude(status=ConcernStatus.DRAFT).filter(reach).exclude(Exists(walled))

    def waiting(self) -> "ConcernQuerySet":
        """Return what waits for triage, the most urgent first, then the nearest clock."""
        return self.filter(status=ConcernStatus.RECEIVED).order_by(
            "-urgency", models.F("next_due_at").asc(nulls_last=True), "ref"
        )

    def after(self, place: Place) -> "ConcernQuerySet":
        """Return what comes after a place in the order in which concerns wait."""
        return self.filter(_behind(place, ref__gt=place.ref), urgency__lte=place.urgency)

    def drafts_untouched_since(self, day: date) -> "ConcernQuerySet":
        """Return drafts that nobody came back to."""
        return self.filter(status=ConcernStatus.DRAFT, touched_on__lt=day)


class Concern(models.Model):
    """What a reporter files. An anonymous one knows its day, and no time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    ref = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=12, choices=ConcernStatus, default=ConcernStatus.DRAFT)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.WEB)
    mode = models.CharField(max_length=14, choices=Mode, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True)
    urgency = models.PositiveSmallIntegerField(choices=Level, default=Level.NORMAL)
    # finds the concern of a receipt, and tells nothing about it
    locator = models.BinaryField(unique=True)
    # somebody else gave it to the reporter, and may have kept it
    is_receipt_shared = models.BooleanField(default=False)
    safe = models.OneToOneField(Safe, on_delete=models.PROTECT, related_name="concern")
    identity_safe = models.OneToOneField(
        Safe, on_delete=models.PROTECT, null=True, related_name="identity_of"
    )
    # where to say that something waits, under the mailer's key alone
    notify = models.TextField(blank=True)
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True)
    touched_on = models.DateField()
    filed_on = models.DateField(null=True)
    filed_at = models.DateTimeField(null=True)
    acknowledge_by = models.DateField(null=True)
    feedback_by = models.DateField(null=True)
    acknowledged_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="owned_concerns"
    )
    handed_to = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="handed_concerns"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="concerns")
    is_unread = models.BooleanField(default=True)
    next_due_at = models.DateTimeField(null=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ConcernStatus.DRAFT)
                | Q(
                    category__isnull=False,
                    filed_on__isnull=False,
                    policy_version__isnull=False,
                    acknowledge_by__isnull=False,
                    feedback_by__isnull=False,
                )
                & ~Q(mode=""),
                name="cases_concern_filed_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(mode=Mode.ANONYMOUS) | Q(filed_at__isnull=True, notify=""),
                name="cases_concern_anonymous_has_no_time_nor_address",
            ),
            models.CheckConstraint(
                condition=Q(identity_safe__isnull=True) | Q(mode=Mode.CONFIDENTIAL),
                name="cases_concern_vault_is_for_the_confidential",
            ),
        ]
        indexes = [
            models.Index(
                models.F("urgency").desc(),
                models.F("next_due_at").asc(nulls_last=True),
                models.F("ref"),
                condition=Q(status=ConcernStatus.RECEIVED),
                name="cases_concern_waiting",
            ),
            models.Index(fields=["case"], name="cases_concern_case"),
            models.Index(
                fields=["touched_on"],
                condition=Q(status=ConcernStatus.DRAFT),
                name="cases_concern_drafts",
            ),
        ]
        triggers = [ON_RECORD]

    class Privacy:
        personal = {"owner", "handed_to"}
        sealed = {"notify"}
        plain = {
            "id", "ref", "kind", "status", "channel", "mode", "category", "unit", "urgency",
            "locator", "is_receipt_shared", "safe", "identity_safe", "policy_version", "touched_on",
            "filed_on", "filed_at", "acknowledge_by", "feedback_by", "acknowledged_on", "closed_on",
            "withdrawn_on", "case", "is_unread", "next_due_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.ref

    @property
    def is_anonymous(self) -> bool:
        """Return whether no time may be kept of what the reporter does."""
        return self.mode in {"", Mode.ANONYMOUS}

    @property
    def subject(self) -> str:
        """Return how the ledger names this concern."""
        return f"concern:{self.pk}"


class WallQuerySet(models.QuerySet["Wall"]):
    """Reads of walls."""

    def before(self, conflicts: Conflicts) -> "WallQuerySet":
        """Return the walls that stand before somebody."""
        for_ever = [blind for blind, last in conflicts.until.items() if last == FOR_EVER]
        standing = Q(blind__in=for_ever)
        for blind, last in conflicts.until.items():
            if last != FOR_EVER:
                standing |= Q(blind=blind, since__lte=last)
        return self.filter(standing)


class Wall(models.Model):
    """A wall before whom a concern or case is about, by blind index: no name, no key.

    Behind it stand all whose conflicts meet it: the subject, everyone below them by the line of
    today or of any day since `since`, those who declared a tie, and the delegates of all these.
    A wall of somebody who stepped off stands before them and their delegates alone.
    """

    class Why(models.TextChoices):
        SUBJECT = "subject", "It is about them"
        # of before people_reportingline: who was below on the day the wall went up
        BELOW = "below", "They report to whom it is about"
        RECUSED = "recused", "They stepped off"

    # random: a number in order would date an anonymous concern by its neighbours
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, null=True, related_name="walls")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="walls")
    blind = models.BinaryField()
    why = models.CharField(max_length=10, choices=Why)
    # the day of filing: causes that ended before do not count
    since = models.DateField()

    objects = WallQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["blind"], name="cases_wall_blind")]
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "blind"],
                condition=Q(concern__isnull=False),
                name="cases_wall_concern",
            ),
            models.UniqueConstraint(
                fields=["case", "blind"], condition=Q(case__isnull=False), name="cases_wall_case"
            ),
            models.CheckConstraint(
                condition=Q(concern__isnull=False, case__isnull=True)
                | Q(concern__isnull=True, case__isnull=False),
                name="cases_wall_around_one_thing",
            ),
        ]
        triggers = [pgtrigger.Protect(name="stands", operation=pgtrigger.Update)]

    class Privacy:
        personal = {"blind", "why"}
        plain = {"id", "concern", "case", "since"}

    def __str__(self) -> str:
        return f"{self.concern_id or self.case_id}"


class Triage(models.Model):
    """The formal record of a triage; its reason is sealed to the case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    concern = models.OneToOneField(Concern, on_delete=models.PROTECT, related_name="triage")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="triages")
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    urgency = models.PositiveSmallIntegerField(choices=Level)
    severity = models.PositiveSmallIntegerField(choices=Level)
    in_danger = models.BooleanField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="signed", operation=pgtrigger.Update),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {"id", "concern", "case", "at", "category", "urgency", "severity", "in_danger"}

    def __str__(self) -> str:
        return f"{self.concern_id}"


class Message(models.Model):
    """One message between the reporter and the team; its body is sealed to the concern."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="messages")
    n = models.PositiveIntegerField()
    # nobody: the reporter wrote it
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    on = models.DateField()
    at = models.DateTimeField(null=True)
    is_seen = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concern", "n"], name="cases_message_n"),
        ]

    class Privacy:
        personal = {"author"}
        plain = {"id", "concern", "n", "on", "at", "is_seen"}

    def __str__(self) -> str:
        return f"{self.concern_id} {self.n}"


class Note(models.Model):
    """A signed note on a case; its body is sealed to the case. Never overwritten."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        QUOTE = "quote", "Quote"
        OBSERVATION = "observation", "Observation"
        ANALYSIS = "analysis", "Analysis"
        DECISION = "decision", "Decision"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(Person, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="cases_note_case")]
        triggers = [
            pgtrigger.Protect(name="signed", operation=pgtrigger.Update),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"author"}
        plain = {"id", "case", "kind", "at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Attachment(models.Model):
    """A file a reporter added: the original, and the copy that was cleaned, lie in `files`.

    Its name, the original's digest and what was taken out of it are sealed to the concern.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="attachments")
    n = models.PositiveIntegerField()
    media_type = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=FileState, default=FileState.RECEIVED)
    # why there is no clean copy: one of files.rules.kinds.Why
    why = models.CharField(max_length=16, blank=True)
    is_scanned = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concern", "n"], name="cases_attachment_n"),
            models.CheckConstraint(
                condition=Q(state__in=[FileState.QUARANTINED, FileState.REJECTED]) & ~Q(why="")
                | ~Q(state__in=[FileState.QUARANTINED, FileState.REJECTED]) & Q(why=""),
                name="cases_attachment_says_why",
            ),
        ]

    class Privacy:
        plain = {"id", "concern", "n", "media_type", "state", "why", "is_scanned"}

    def __str__(self) -> str:
        return f"{self.concern_id} {self.n}"


class IdentityRequestQuerySet(models.QuerySet["IdentityRequest"]):
    """Reads of requests to open an identity."""

    def locked(self, pk: uuid.UUID) -> "IdentityRequest":
        """Return a request, held until the commit."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def pending(self) -> "IdentityRequestQuerySet":
        """Return what waits for a custodian, and what is open."""
        return self.filter(state__in=PENDING)

    def decidable_by(self, person: Person, day: date) -> "IdentityRequestQuerySet":
        """Return what this custodian, or who stands in that day, may see and decide: the only gate.

        Not their own, not behind a wall, not where they hold a key to what was told: nobody may
        come by both shares alone. And only where they hold the custodians' share.
        """
        if not person.acts_as(Role.CUSTODIAN, day):
            return self.none()
        walled = Wall.objects.before(person.conflicts).filter(concern=OuterRef("concern_id"))
        keeps = Grant.objects.filter(person=person, safe=OuterRef("vault_id"), state=State.ACTIVE)
        told = Q(safe=OuterRef("safe_id")) | Q(safe__opens__safe=OuterRef("safe_id"))
        return (
            self.filter(Exists(keeps))
            .exclude(requested_by=person)
            .exclude(Exists(walled))
            .exclude(Exists(Grant.objects.filter(told, person=person)))
            .exclude(Exists(MissingGrant.objects.filter(told, person=person)))
        )

    def to_end(self, now: datetime) -> "IdentityRequestQuerySet":
        """Return what has to end: its time ran out, or whoever asked works on it no more.

        What still waits when nobody works on the concern any more ends too.
        """
        team = Member.objects.current().filter(
            case=OuterRef("concern__case"), person=OuterRef("requested_by")
        )
        before = Q(concern__case=None) & (
            Q(concern__owner=models.F("requested_by"))
            | Q(concern__handed_to=models.F("requested_by"))
        )
        works = Q(requested_by__is_active=True) & (Q(Exists(team)) | before)
        late = Q(state=RequestState.GRANTED, expires_at__lte=now)
        over = Q(state=RequestState.ASKED) & ~Q(concern__status__in=WORKED_ON)
        return self.pending().filter(late | over | ~works)


class IdentityRequest(models.Model):
    """Somebody of a team asks to open a confidential reporter's identity, and a custodian decides.

    Custodians see this row and never the concern, so what they need to decide stands here. The
    reasons are sealed twice: to the concern, whose reporter reads them, and to the custodians.
    """

    class Function(models.TextChoices):
        LEAD = "lead", "Lead of the case"
        INVESTIGATOR = "investigator", "Investigator"
        INDEPENDENT = "independent", "Independent person"
        OFFICER = "officer", "Ethics officer"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    # by which custodians know it: it tells nothing of the concern
    ref = models.CharField(max_length=16, unique=True)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="identity_requests")
    # the concern's safe, with the near share, and the custodians', with the far one
    safe = models.ForeignKey(Safe, on_delete=models.CASCADE, related_name="+")
    vault = models.ForeignKey(Safe, on_delete=models.CASCADE, related_name="+")
    # the far share, sealed to whoever asked alone, while it is open to them
    opening = models.OneToOneField(Safe, on_delete=models.SET_NULL, null=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    requested_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="identity_requests"
    )
    function = models.CharField(max_length=20, choices=Function)
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.ASKED)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    # the days on which it was opened, each once
    opened_on = ArrayField(models.DateField(), default=list, blank=True)

    objects = IdentityRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("requested_by")),
                name="cases_identityrequest_two_people",
            ),
            models.UniqueConstraint(
                fields=["concern", "requested_by"],
                condition=Q(state__in=["asked", "granted"]),
                name="cases_identityrequest_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="cases_identityrequest_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "withdrawn"], decided_by=None, expires_at=None)
                | Q(state="refused", decided_by__isnull=False, expires_at=None)
                | Q(
                    state__in=["granted", "expired"],
                    decided_by__isnull=False,
                    expires_at__isnull=False,
                ),
                name="cases_identityrequest_state_fits",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None)
                | Q(
                    expires_at__gt=models.F("decided_at"),
                    expires_at__lte=models.F("decided_at") + LONGEST_OPENING,
                ),
                name="cases_identityrequest_open_for_a_while",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "requested_at"], name="cases_identityrequest_waiting")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="apart",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__decided_by__isnull=False),
                declare=[("was", "text DEFAULT coalesce(current_setting('ed.gate', true), '')")],
                func=DECIDED_BY_WHOEVER_READS,
            )
        ]

    class Privacy:
        personal = {"requested_by", "decided_by"}
        plain = {
            "id", "ref", "concern", "safe", "vault", "opening", "category", "function",
            "requested_at", "state", "decided_at", "expires_at", "opened_on",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.ref

    def is_over(self, now: datetime) -> bool:
        """Return whether the time for which it was open has passed."""
        return self.expires_at is not None and self.expires_at <= now


class OriginalRequestQuerySet(models.QuerySet["OriginalRequest"]):
    """Reads of requests for originals."""

    def waiting(self, now: datetime) -> "OriginalRequestQuerySet":
        """Return what nobody has released yet."""
        return self.filter(released_by=None, until__gt=now)

    def open(self, now: datetime) -> "OriginalRequestQuerySet":
        """Return what was released and has not expired."""
        return self.filter(released_by__isnull=False, until__gt=now)


class OriginalRequest(models.Model):
    """One person asks for the original of a file, another releases it to them, for a while.

    The reason is sealed to the concern.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, related_name="requests")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    # until when it can be released; once released, until when the original can be read
    until = models.DateTimeField()

    objects = OriginalRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=models.F("asked_by")),
                name="cases_originalrequest_takes_two",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None, released_at=None)
                | Q(released_by__isnull=False, released_at__isnull=False),
                name="cases_originalrequest_released_in_whole",
            ),
        ]
        indexes = [models.Index(fields=["attachment"], name="cases_originalrequest_file")]

    class Privacy:
        personal = {"asked_by", "released_by"}
        plain = {"id", "attachment", "asked_at", "released_at", "until"}

    def __str__(self) -> str:
        return f"{self.attachment_id}"
