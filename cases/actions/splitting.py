"""Take something out of a case into one of its own: a concern, or some of what is alleged."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from cases import access, parts
from cases.access.documents import AREAS
from cases.actions import identities, phases
from cases.actions.allegations import TEXT, add_allegation, sign_finding
from cases.actions.assigning import require_here
from cases.actions.compartments import reporters_watched
from cases.actions.held import KEPT, held_open, seal
from cases.actions.links import tie
from cases.actions.parties import CONTACT, NAME
from cases.actions.places import function_of, pass_on, placed
from cases.actions.removal import holders_of_concern
from cases.actions.triaging import next_reference
from cases.actions.walls import raise_walls
from cases.duties import note_doer, note_owner, retime_case
from cases.lifecycle import (
    CLOCKS_OF_CASES,
    INVESTIGATION,
    Area,
    ClosingState,
    Deed,
    Document,
    Finding,
    Function,
    PartyRole,
    Phase,
    RedactionState,
)
from cases.lifecycle.links import LinkKind
from cases.lifecycle.tracks import Track
from cases.models import (
    Allegation,
    Assessment,
    Case,
    Category,
    Concern,
    Member,
    Party,
    Redaction,
    Triage,
    Wall,
)
from common.errors import RuleError
from escalation.models import Clock
from files import actions as files
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import Fact
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import access as opening
from safes import actions as safes
from safes.actions import Holder
from safes.models import State
from safes.rules import Opener

SUMMARY = "summary"


@transaction.atomic
def take_out(
    concern: Concern,
    *,
    by: Person,
    opener: Opener,
    lead: Person,
    reason: str,
    now: datetime,
) -> Case:
    """Take one of several concerns out of its case, into a case of its own.

    Its reporter, its messages, its files, its tasks and its clocks go along, and so does the record
    of its triage. What the team of the first case read, they have read; of the next they read none.
    """
    case = _held(concern.case, by, reason)
    # whoever took it out meanwhile held the case before
    held = case.concerns.select_for_update(of=("self",)).filter(pk=concern.pk).first()
    if held is None:
        msg = f"Somebody took this out of the case meanwhile. {KEPT}"
        raise RuleError(msg)
    concern = held
    if case.concerns.count() <= 1:
        msg = f"This is the only concern of its case: there is nothing to take it out of. {KEPT}"
        raise RuleError(msg)
    if concern.tellings.open().exists():
        msg = (
            "What its reporter is to be told waits for another person. Let them decide first, or "
            f"take it back, under “Telling”. {KEPT}"
        )
        raise RuleError(msg)
    copies = _copies_of(concern, case)
    where = (concern.pk, SUMMARY)
    summary = opening.open_texts(opener, [where]).get(where, "")
    category = concern.category or case.category
    walls = _walls_of(case, concern)
    require_here(lead, by=by, now=now)
    fresh = open_beside(case, walls, category, summary, by=by, lead=lead, now=now, of=concern)
    pass_on(concern.safe, opener=opener, holders=[Holder.of_safe(fresh.safe)])
    safes.let_go(concern.safe, of=access.safe_of(case, Area.CONCERNS))
    team = [lead.pk, by.pk]
    concern.case, concern.handed_to = fresh, None
    if concern.owner_id not in team:
        concern.owner = lead
    concern.save(update_fields=["case", "owner", "handed_to"])
    triages = Triage.objects.filter(concern=concern)
    weighed = Assessment.objects.filter(triage__in=triages)
    # of what was sent back or taken back the words lie with the case
    signed = (triages, weighed, concern.tellings.all())
    rows = [pk for found in signed for pk in found.values_list("pk", flat=True)]
    safes.pour(case.safe, into=fresh.safe, opener=opener, rows=rows)
    watched = access.safe_of(case, Area.CONCERNS)
    safes.pour(watched, into=fresh.safe, opener=opener, rows=reporters_watched([concern]))
    triages.update(case=fresh)
    weighed.update(case=fresh)
    for task in concern.tasks.filter(done_at=None, cancelled_at=None).exclude(assignee__in=team):
        task.assignee = None
        task.save(update_fields=["assignee"])
        note_doer(task)
    identities.keep_apart([concern], [lead, by])
    _wall_off(concern, walls, by=by, now=now)
    _move_copies(copies, fresh, opener=opener)
    _expire_bundles(case, now=now)
    note_owner(concern)
    _end(case, fresh, what="concern", by=by, opener=opener, reason=reason, now=now)
    return fresh


@transaction.atomic
def split(  # noqa: PLR0913 - what is asked for
    case: Case,
    *,
    allegations: Collection[Allegation],
    by: Person,
    opener: Opener,
    lead: Person,
    summary: str,
    reason: str,
    now: datetime,
) -> Case:
    """Work some of what is alleged in a case of its own; its reporters stay with the first.

    Whoever reported it goes on with one receipt, and writes to the team of the first case. What is
    alleged is written down anew, and of the first nothing is found but that it is looked into
    elsewhere.
    """
    case = _held(case, by, reason)
    chosen = sorted(allegations, key=lambda one: one.n)
    standing = case.allegations.standing()
    left = set(standing.filter(findings=None).values_list("pk", flat=True))
    if not chosen or not {one.pk for one in chosen} <= left:
        msg = f"Choose allegations of this case of which nothing is found yet. {KEPT}"
        raise RuleError(msg)
    if not standing.exclude(pk__in=[one.pk for one in chosen]).exists():
        msg = f"Leave at least one allegation: without any, there are no two matters. {KEPT}"
        raise RuleError(msg)
    if not summary.strip():
        msg = f"Say in one line what the new case is about. {KEPT}"
        raise RuleError(msg)
    texts = opening.open_texts(opener, [(one.pk, TEXT) for one in chosen])
    if len(texts) < len(chosen):
        msg = f"What is alleged does not open for you, so it cannot be written down anew. {KEPT}"
        raise RuleError(msg)
    walls = list(case.walls.all())
    require_here(lead, by=by, now=now)
    fresh = open_beside(
        case, walls, chosen[0].category, summary, by=by, lead=lead, now=now,
        of=case.concerns.order_by("filed_on", "pk").first(),
    )  # fmt: skip
    parties: dict[Party, Party] = {}
    for one in chosen:
        against = one.against
        if against is not None and against not in parties:
            parties[against] = copy_party(against, fresh, by=by, opener=opener, now=now)
        add_allegation(
            fresh,
            by=by,
            category=one.category,
            text=texts[one.pk, TEXT],
            against=parties[against] if against is not None else None,
            now=now,
            opener=opener,
        )
        sign_finding(
            one,
            by=by,
            finding=Finding.OUT_OF_SCOPE,
            reason="It is looked into in a case of its own, which was split from this one.",
            now=now,
            opener=opener,
        )
    _end(case, fresh, what="allegations", by=by, opener=opener, reason=reason, now=now)
    return fresh


def _held(case: Case | None, by: Person, reason: str) -> Case:
    """Return an open case, held until the commit, from which something can be taken, or refuse."""
    if case is None:
        msg = f"This was not triaged yet, so it is in no case. {KEPT}"
        raise RuleError(msg)
    case = held_open(case, by)
    access.require_deed(by, case, Deed.SPLIT)
    if case.closings.filter(state=ClosingState.ASKED).exists():
        msg = f"Somebody asked to close this case. Take that back first, under “Closing”. {KEPT}"
        raise RuleError(msg)
    if not reason.strip():
        msg = f"Say why it is a matter of its own. {KEPT}"
        raise RuleError(msg)
    return case


# -- what goes along with a concern -------------------------------------------------------------


def _copies_of(concern: Concern, case: Case) -> list[Redaction]:
    """Return the redacted copies of a concern, or refuse while evidence of the case is in it."""
    exhibits = case.exhibits.filter(attachment__concern=concern).order_by("n")
    if numbers := list(exhibits.values_list("n", flat=True)):
        named = ", ".join(str(n) for n in numbers)
        msg = (
            f"In the register of evidence a file of this concern stands as number {named}, and it "
            f"cannot lie with two cases. Split what is alleged instead, further down. {KEPT}"
        )
        raise RuleError(msg)
    copies = list(Redaction.objects.filter(concern=concern).order_by("n"))
    if any(one.state == RedactionState.WAITING for one in copies):
        msg = (
            "A redacted copy is being made of a file of this concern. Try again in a minute. "
            f"{KEPT}"
        )
        raise RuleError(msg)
    return copies


def _walls_of(case: Case, concern: Concern) -> list[Wall]:
    """Return every wall around either, each once.

    What was written of a concern while it was on a case may tell of the others.
    """
    found = [*case.walls.all(), *concern.walls.all()]
    return list({(bytes(wall.blind), wall.since): wall for wall in found}.values())


def _wall_off(concern: Concern, walls: Sequence[Wall], *, by: Person, now: datetime) -> None:
    """Raise the walls of the case around what leaves it, and take it from who is behind them."""
    raise_walls(None, [concern], walls)
    holders = holders_of_concern(concern)
    behind = access.walled(holders, walls)
    gone = [one for one in holders if one.pk in behind]
    if gone:
        safes.remove(concern.safe, gone)
        identities.shut([concern], gone, by=by.actor, now=now)


def _move_copies(copies: Sequence[Redaction], fresh: Case, *, opener: Opener) -> None:
    """Hang redacted copies on the new case, numbered from one, with their words and their keys."""
    for n, copy in enumerate(copies, 1):
        safe = access.safe_of(fresh, AREAS[Document(copy.document)])
        safes.pour(copy.safe, into=safe, opener=opener, rows=[copy.pk])
        files.pour(copy.safe, into=safe, opener=opener, rows=[copy.pk])
        copy.case, copy.safe, copy.n = fresh, safe, n
        copy.save(update_fields=["case", "safe", "n"])


def _expire_bundles(case: Case, *, now: datetime) -> None:
    """Let nobody read the bundles any more in which reporters' words stand: one has left."""
    told = case.bundles.kept(now).filter(has_reporters=True)
    told.update(until=Greatest(now, F("made_at") + timedelta(microseconds=1)))


# -- the case of its own --------------------------------------------------------------------------


def open_beside(  # noqa: PLR0913 - a case is opened with what it is
    case: Case,
    walls: Collection[Wall],
    category: Category,
    summary: str,
    *,
    by: Person,
    lead: Person,
    now: datetime,
    of: Concern | None,
    as_if: Case | None = None,
) -> Case:
    """Open a case beside another one: as urgent, worked in the same way, behind the same walls.

    Its clock runs from when that of the first did, so that nothing comes later by it. What begins
    by itself is as urgent as it is (`as_if`), and its clock runs from now. Used inside other acts.
    """
    officers = Person.objects.holding(Role.OFFICER, Role.INDEPENDENT)
    if lead not in access.without_walled(officers, walls):
        msg = f"This person cannot lead it. Choose somebody from the list. {KEPT}"
        raise RuleError(msg)
    team = list(dict.fromkeys([lead, by]))
    guards = Person.objects.holding(Role.HEAD, Role.INDEPENDENT)
    waiting = [one for one in access.without_walled(guards, walls) if one not in team]
    active, keyless = safes.holders_of(team)
    dormant, _ = safes.holders_of(waiting, State.DORMANT)
    made = safes.make_safe("case", holders=[*active, *dormant])
    like = as_if or case
    is_investigated = like.track == Track.INVESTIGATION
    fresh = Case(
        id=uuid4(),
        ref=next_reference(now),
        category=category,
        unit=case.unit,
        urgency=like.urgency,
        severity=like.severity,
        track=like.track,
        power=like.power,
        phase=Phase.PLANNING if is_investigated else Phase.NONE,
        phase_since=now if is_investigated else None,
        lead=lead,
        safe=made.safe,
        opened_at=now,
    )
    fresh.save(force_insert=True)
    Member.objects.bulk_create(_beside(case, fresh, one, lead, now=now) for one in team)
    Wall.objects.bulk_create(
        Wall(case=fresh, blind=wall.blind, why=wall.why, since=wall.since) for wall in walls
    )
    safes.miss(made.safe, keyless, now=now)
    safes.add(made.safe, row=fresh.pk, items={SUMMARY: summary.strip().encode()}, key=made.key)
    runs = Clock.objects.about(CLOCKS_OF_CASES, [case.pk]).filter(kind=INVESTIGATION)
    first = runs.order_by("started_at").first()
    phases.start_clocks(fresh, now=now, since=first.started_at if first and as_if is None else None)
    facts: dict[str, Fact] = {
        "concern": str(of.pk) if of else None,
        "category": category.code,
        "unit": case.unit.code if case.unit else None,
    }
    opened = Act(Verb.CASE_OPENED, by.actor, now, f"case:{fresh.pk}", facts=facts)
    ledger.record_all([opened])
    return fresh


def _beside(case: Case, fresh: Case, person: Person, lead: Person, *, now: datetime) -> Member:
    """Return a place on a new case: of whoever was in a part of the first alone, the same part."""
    had = Member.objects.current().filter(case=case, person=person).first()
    if person == lead or had is None or had.function == Function.LEAD:
        return placed(fresh, person, function_of(person, lead), now=now)
    areas = [Area(one) for one in had.areas]
    return placed(fresh, person, Function(had.function), now=now, areas=areas, until=had.until)


def copy_party(
    party: Party,
    to: Case,
    *,
    by: Person,
    opener: Opener,
    now: datetime,
    role: PartyRole | None = None,
) -> Party:
    """Write a party down on another case as well; the walls around it stand there already."""
    texts = opening.open_texts(opener, [(party.pk, NAME), (party.pk, CONTACT)])
    copy = Party(
        id=uuid4(),
        case=to,
        role=role or party.role,
        is_staff=party.is_staff,
        added_by=by,
        added_at=now,
    )
    copy.save(force_insert=True)
    words = {field: texts.get((party.pk, field), "") for field in (NAME, CONTACT)}
    seal(to, copy.pk, words, opener=opener)
    ledger.record(Verb.PARTY_ADDED, by=by.actor, at=now, subject=f"case:{to.pk}", role=copy.role)
    return copy


def _end(
    case: Case,
    fresh: Case,
    *,
    what: str,
    by: Person,
    opener: Opener,
    reason: str,
    now: datetime,
) -> None:
    """Link both, hold both on what held either, record it, and order the lists anew."""
    tie(fresh, case, kind=LinkKind.SPLIT_FROM, by=by, reason=reason, opener=opener, now=now)
    for part in parts.REGISTRY.values():
        part.share(case, fresh, by=by, opener=opener, now=now)
    for one in (case, fresh):
        retime_case(one)
    ledger.record(
        Verb.CASE_SPLIT, by=by.actor, at=now, subject=f"case:{case.pk}",
        into=str(fresh.pk), what=what,
    )  # fmt: skip
