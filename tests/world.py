"""A small organisation for tests: everybody whom an access test needs already works here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Self
from uuid import uuid4

from django.db import connection

from cases import access, actions, parts
from cases.lifecycle import Factor, Finding, Given, Kind, Level, Mode, PartyRole, WhyUntold
from cases.lifecycle.outcomes import HAS_CONSEQUENCES, ForOrganisation, ForSubject
from cases.lifecycle.risks import Impact, Likelihood
from cases.models import Attachment, Case, Category, Concern
from common import days, keys, sealing
from escalation.models import STANDARD, Path
from escalation.rules import Limit
from files.models import Loan
from files.rules.kinds import KINDS, Trace
from ledger.rules import SYSTEM
from people import actions as people
from people.models import Person, Unit
from people.rules import Role
from policies import actions as policies
from policies.models import HANDLING
from policies.models import Kind as Promised
from retention import actions as retention
from safes import actions as safes
from safes import rules
from safes.models import Attestation, Erasure, UserKey
from safes.rules import Opener, Receipt

NARRATIVE = "The client wants the report dated before the visit. I was on site on 14 October."


@contextmanager
def as_cleaner() -> Iterator[None]:
    """Take the cleaner's rights for a while."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute("SET ROLE ed_cleaner")
        yield
        cursor.execute(f"SET ROLE {connection.ops.quote_name(before)}")


@dataclass
class World:
    """People by name, their openers, and what there is to file about."""

    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    openers: dict[str, Opener] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    @property
    def category(self) -> Category:
        """Return a category that is not grave."""
        return Category.objects.get(code="other")

    @property
    def unit(self) -> Unit:
        """Return the one unit."""
        return Unit.objects.get(code="field")

    def copy(self) -> Self:
        """Return the same world for another test, which may change what it is given."""
        return replace(self, people=deepcopy(self.people), openers=dict(self.openers))

    def hire(
        self,
        name: str,
        *roles: Role,
        manager: str | None = None,
        is_on_duty: bool = False,
        has_key: bool = True,
    ) -> Person:
        """Add a person whose key opens without the cost of a passphrase."""
        person = people.add_person(
            username=name,
            name=f"{name.title()} Example",
            email=f"{name}@example.org",
            unit=Unit.objects.get_or_create(code="field", defaults={"name": "Field services"})[0],
            manager=self.people[manager] if manager else None,
            roles=roles,
            is_on_duty=is_on_duty,
            by=SYSTEM,
            now=self.now,
        )
        self.people[name] = person
        if has_key:
            self.openers[name] = give_key(person)
        return person

    def filing(self, **changes: object) -> actions.Filing:
        """Return an anonymous report that is complete."""
        facts: dict[str, object] = {
            "kind": Kind.REPORT,
            "category": self.category,
            "mode": Mode.ANONYMOUS,
            "narrative": NARRATIVE,
            **changes,
        }
        return actions.Filing(**facts)  # type: ignore[arg-type] # a test names the fields it changes

    def file(self, now: datetime | None = None, **changes: object) -> tuple[Concern, Receipt]:
        """File a concern."""
        receipt = Receipt.new()
        concern = actions.file_concern(
            receipt=receipt, filing=self.filing(**changes), now=now or self.now
        )
        return concern, receipt

    def erase(self, *concerns: Concern) -> None:
        """Erase concerns for good, as a worker does once two people decided it."""
        decided = Erasure(
            id=uuid4(),
            on=days.day_of(self.now),
            ground="court_order",
            subjects=[one.subject for one in concerns],
            safes=[one.safe_id for one in concerns],
        )
        safes.reopen_erasures([decided])
        retention.erase(now=self.now)

    def clean(self, attachment: Attachment, copy: bytes = b"Clean.", *found: Trace) -> None:
        """Do what the cleaner does, with its rights, without looking into the file."""
        kind = KINDS[attachment.media_type]
        with as_cleaner():
            loan = Loan.objects.get(stream__row=attachment.pk)
            actions.begin_cleaning(loan, now=self.now)
            actions.check_file(loan, kind=kind, is_scanned=False, now=self.now)
            actions.keep_clean_copy(loan, content=copy, found=found, now=self.now)

    def triage(self, concern: Concern, *, by: str = "olga", lead: str | None = None) -> Case:
        """Triage a concern into a case."""
        return actions.triage(
            concern,
            by=self[by],
            opener=self.openers[by],
            category=self.category,
            urgency=Level.HIGH,
            weighed=actions.Weighed(Likelihood.POSSIBLE, Impact.MODERATE),
            in_danger=False,
            reason="Nothing has been signed yet.",
            lead=self[lead or by],
            given=Given.ASKED if lead else None,
            now=self.now,
        )

    def close(
        self,
        case: Case,
        *,
        by: str = "olga",
        finding: Finding | None = Finding.UNSUBSTANTIATED,
        reason: str = "The log says otherwise.",
        message: str = "We found nothing.",
        factors: Sequence[Factor] = (),
        now: datetime | None = None,
    ) -> Case:
        """Close a case as two people do: one asks, and the next who may decides.

        Whoever would have to be told what came of it is left untold, with a reason.
        """
        untold = {PartyRole.AFFECTED, PartyRole.SUBJECT} if parts.untold(case) else set()
        for party in case.parties.filter(role__in=untold, struck_at=None):
            actions.leave_untold(
                party, by=self[by], why=WhyUntold.DECLINED, words="So.", now=now or self.now
            )
        self.say_what_follows(case, by=by, now=now)
        approver = access.may_decide(case, self[by])[0]
        closing = actions.ask_to_close(
            case,
            by=self[by],
            opener=self.openers[by],
            approver=approver,
            finding=finding,
            reason=reason,
            message=message,
            factors=factors,
            lessons="",
            now=now or self.now,
        )
        opener = self.openers[approver.username]
        return actions.approve_closing(closing, by=approver, opener=opener, now=now or self.now)

    def say_what_follows(self, case: Case, *, by: str, now: datetime | None = None) -> None:
        """Sign of each finding from which something follows that nothing does, where nobody did."""
        latest = case.findings.order_by("allegation", "-n").distinct("allegation")
        for found in latest:
            if found.finding in HAS_CONSEQUENCES and not found.outcomes.exists():
                actions.sign_outcome(
                    found,
                    by=self[by],
                    subject=[ForSubject.NONE],
                    organisation=[ForOrganisation.NONE],
                    because="He has left.",
                    departs="He has left.",
                    now=now or self.now,
                    opener=self.openers[by],
                )


def give_key(person: Person, *, is_attested: bool = True) -> Opener:
    """Give a person a key pair and return its opener, without deriving from a passphrase."""
    opener = Opener(sealing.new_secret())
    key = UserKey.objects.create(
        person=person,
        public=opener.public,
        signer=opener.signer,
        wrapped=b"",
        salt=b"",
        key_id=keys.current(),
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    if is_attested:
        attest(key)
    return opener


def attest(key: UserKey) -> None:
    """Attest a key as workers do, whatever process a test plays."""
    signature = keys.signing_key().sign(rules.attestation(key.statement))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute("SET ROLE ed_worker")
        Attestation.objects.create(key=key, signature=signature, at=key.made_at)
        cursor.execute(f"SET ROLE {connection.ops.quote_name(before)}")


def build(now: datetime) -> World:
    """Make the organisation: a chief, officers below a head, and everyone who watches them."""
    world = World(now)
    world.hire("chief", Role.LEADERSHIP)
    world.hire("hana", Role.HEAD, manager="chief")
    world.hire("olga", Role.OFFICER, manager="hana", is_on_duty=True)
    world.hire("omar", Role.OFFICER, manager="hana", is_on_duty=True)
    world.hire("otto", Role.OFFICER, manager="hana")
    world.hire("ines", Role.INDEPENDENT)
    world.hire("carl", Role.CUSTODIAN)
    world.hire("adam", Role.ADMINISTRATOR, manager="chief")
    world.hire("anna", Role.AUDITOR)
    world.hire("stan", manager="chief", has_key=False)
    path = Path.objects.get(code=STANDARD)
    policies.publish(
        code=HANDLING,
        text=policies.Text("Speaking up", "How we handle what you tell us.", "We read it."),
        owner=world["hana"],
        in_force_from=date(2020, 1, 1),
        now=now,
        promises=[
            (Promised.ACKNOWLEDGE, Limit(days=7), path),
            (Promised.FEEDBACK, Limit(months=3), path),
            (Promised.TRIAGE, Limit(working_days=2), path),
        ],
    )
    actions.add_category(code="other", label="Something else", now=now)
    actions.add_category(code="coercion", label="Coercion", is_grave=True, now=now)
    return world
