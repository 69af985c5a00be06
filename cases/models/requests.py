"""Requests to open what is sealed twice: a name, an original."""

import uuid
from datetime import datetime, timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.lifecycle import (
    PENDING,
    WORKED_ON,
    Area,
    RequestState,
)
from cases.models.cases import Case, Member
from cases.models.categories import Category
from cases.models.concerns import Concern
from cases.models.files import Attachment
from cases.models.walls import Wall
from people.models import Person
from people.rules import Role
from safes.models import Grant, MissingGrant, Safe, State

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


class IdentityRequestQuerySet(models.QuerySet["IdentityRequest"]):
    """Reads of requests to open an identity."""

    def locked(self, pk: uuid.UUID) -> "IdentityRequest":
        """Return a request, held until the commit."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def pending(self) -> "IdentityRequestQuerySet":
        """Return what waits for a custodian, and what is open."""
        return self.filter(state__in=PENDING)

    def decidable_by(self, person: Person) -> "IdentityRequestQuerySet":
        """Return what this custodian may see and decide: the only gate.

        Not their own, not behind a wall, not where they hold a key to what was told: nobody may
        come by both shares alone. And only where they hold the custodians' share.
        """
        if not person.holds(Role.CUSTODIAN):
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
            case=OuterRef("concern__case"),
            person=OuterRef("requested_by"),
            areas__contains=[Area.CONCERNS.value],
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

    def releasable_by(self, person: Person, now: datetime) -> "OriginalRequestQuerySet":
        """Return what waits and this person may release: not their own."""
        return self.waiting(now).decidable_by(person)

    def decidable_by(self, person: Person) -> "OriginalRequestQuerySet":
        """Return what is, or was, theirs to release.

        Once there is a case its team may, before triage whoever can open it.
        """
        if not person.is_office:
            return self.none()
        seen = Concern.objects.visible_to(person)
        opens = Grant.objects.filter(person=person, safe=OuterRef("safe"), state=State.ACTIVE)
        early = seen.filter(Exists(opens), case=None, status__in=WORKED_ON)
        mine = Q(attachment__concern__in=seen.worked_by(person))
        mine |= Q(attachment__concern__in=early)
        mine |= Q(attachment__case__in=Case.objects.visible_to(person).worked_by(person))
        return self.filter(mine).exclude(asked_by=person)

    def open(self, now: datetime) -> "OriginalRequestQuerySet":
        """Return what was released and has not expired."""
        return self.filter(released_by__isnull=False, until__gt=now)


class OriginalRequest(models.Model):
    """One person asks for the original of a file, another releases it to them, for a while.

    The reason is sealed to what the file belongs to.
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
