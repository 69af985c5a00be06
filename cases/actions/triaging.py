"""Decide what a concern is, and open the case in which it is worked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import connection, transaction

from cases import access, lifecycle, rules
from cases.actions import identities, phases
from cases.actions.assigning import BY_HAND, require_free, require_here, require_turn
from cases.actions.marking import set_marks
from cases.actions.places import function_of, pass_on, placed
from cases.actions.safeguards import put_in_place
from cases.actions.times import judge, met
from cases.actions.tracks import require_equals
from cases.actions.walls import name_party_of_concern
from cases.duties import note_owner
from cases.lifecycle import Area, ConcernMove, Given, Kind, Level, Phase
from cases.lifecycle.risks import Committee, Consent, Impact, Likelihood, SafeguardKind
from cases.lifecycle.tracks import Power, Track
from cases.models import Assessment, Case, Category, Concern, Member, Triage, Wall
from cases.rules import risk
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from policies.models import Indicator
from policies.models import Kind as Promised
from safes import access as opening
from safes import actions as safes
from safes.actions import Holder
from safes.models import State
from safes.rules import Opener

# the sealed words of an assessment
RESOURCES, CONSENT, COMMITTEE, OVERRIDE = "resources", "consent", "committee", "override"


@dataclass(frozen=True)
class Weighed:
    """What whoever triages weighed; the words are sealed to the case, and may be empty."""

    likelihood: Likelihood
    impact: Impact
    consent: Consent = Consent.NOT_YET
    committee: Committee = Committee.NOT_ASKED
    # what it needs; what was agreed to before; what the committee said
    resources: str = ""
    consent_words: str = ""
    committee_words: str = ""
    # why it is less urgent than what was marked proposes, or not as severe as the table says
    override: str = ""

    @property
    def words(self) -> dict[str, bytes]:
        """Return what is sealed, by the name of its field."""
        told = {
            RESOURCES: self.resources,
            CONSENT: self.consent_words,
            COMMITTEE: self.committee_words,
            OVERRIDE: self.override,
        }
        return {field: words.encode() for field, words in told.items() if words.strip()}


@transaction.atomic
def triage(  # noqa: PLR0913 - the record is what it is
    concern: Concern,
    *,
    by: Person,
    opener: Opener,
    category: Category,
    urgency: Level,
    in_danger: bool,
    reason: str,
    lead: Person,
    now: datetime,
    given: Given | None = None,
    severity: Level | None = None,
    weighed: Weighed | None = None,
    track: Track | None = None,
    power: Power = Power.NOT_ASKED,
    parties: Iterable[Person] = (),
    signs: Iterable[Indicator] | None = None,
    safeguards: Iterable[SafeguardKind] = (),
) -> Case:
    """Decide what a concern is, and open the case in which it is worked.

    Where nothing else is decided it is as severe as the table says, a report is investigated,
    whoever asks gets advice, and the signs stay marked that are (`signs`). Another lead than whose
    turn it is, than whoever triages and than whoever looks after it needs a reason (`given`).
    Whoever it is about by then is walled off first, so that they never come near the case. Whoever
    leads it owns the safeguards that are put in place with it.
    """
    access.require_officer(by)
    concern = Concern.objects.locked(concern.pk)
    if not reason.strip():
        msg = "Say why you decided so. Nothing was changed; what you entered is kept."
        raise RuleError(msg)
    require_free(by, concern)
    require_free(lead, concern)
    require_here(lead, by=by, now=now)
    is_by_hand = require_turn(concern, lead, by=by, why=given, now=now) == BY_HAND
    concern = _about(concern, parties, lead=lead, by=by, opener=opener, now=now)
    concern.status = lifecycle.concern_after(concern.status, ConcernMove.TRIAGE)
    marked = access.signs_of(concern).standing
    if signs is not None:
        marked = set_marks(concern, by=by, signs=signs, now=now)
    if track is None:
        track = Track.INVESTIGATION if concern.kind == Kind.REPORT else Track.ADVICE
    require_equals(track, power)
    level = Level.DANGER if in_danger else urgency
    severity, overrode = _judged(weighed, severity, level, risk.proposed(marked))
    facts = Case(category=category, urgency=level, severity=severity, track=track, power=power)
    if track == Track.INVESTIGATION:
        facts.phase, facts.phase_since = Phase.PLANNING, now
    case = _open_case(concern, by=by, opener=opener, lead=lead, facts=facts, now=now)
    concern.case = case
    concern.save(update_fields=["status", "case"])
    record = Triage(
        id=uuid4(),
        concern=concern,
        case=case,
        by=by,
        at=now,
        category=category,
        urgency=urgency,
        severity=severity,
        in_danger=in_danger,
        track=track,
        power=power,
        is_investigated=track == Track.INVESTIGATION,
    )
    record.save(force_insert=True)
    key = opening.key_of(opener, case.safe)
    safes.add(case.safe, row=record.pk, items={"reason": reason.encode()}, key=key)
    assessment = _assess(record, weighed, overrode=overrode, opener=opener)
    phases.start_clocks(case, now=now)
    met(concern, Promised.TRIAGE, now=now)
    judge(concern, level, by=by.actor, now=now)
    note_owner(concern)
    why = given if is_by_hand else None
    _record_triage(record, assessment, concern, why=why, now=now)
    for kind in safeguards:
        put_in_place(case, by=by, kind=kind, owner=lead, now=now, opener=opener)
    return case


def _judged(
    weighed: Weighed | None, chosen: Level | None, level: Level, proposal: risk.Proposal
) -> tuple[Level, bool]:
    """Return the severity, and whether something was decided otherwise than proposed: with words.

    More urgent than proposed needs none.
    """
    by_table = risk.severity(weighed.likelihood, weighed.impact) if weighed else None
    severity = chosen if chosen is not None else by_table
    if severity is None:
        msg = "Say how likely and how grave it is. Nothing was changed; what you entered is kept."
        raise RuleError(msg)
    is_less = proposal.urgency is not None and level < proposal.urgency
    is_other = by_table is not None and severity != by_table
    if (is_less or is_other) and not (weighed and weighed.override.strip()):
        what = f"urgency “{proposal.urgency.label}”" if proposal.urgency and is_less else ""
        table = f"severity “{by_table.label}”" if by_table and is_other else ""
        proposed = " and ".join(filter(None, (what, table)))
        msg = (
            f"Proposed is {proposed}. Say below why you decide otherwise, or choose what is "
            "proposed. Nothing was changed; what you entered is kept."
        )
        raise RuleError(msg)
    return severity, is_less or is_other


def _assess(
    record: Triage, weighed: Weighed | None, *, overrode: bool, opener: Opener
) -> Assessment | None:
    """Sign what was weighed, and seal its words."""
    if weighed is None:
        return None
    assessment = Assessment(
        id=uuid4(),
        triage=record,
        case=record.case,
        likelihood=weighed.likelihood,
        impact=weighed.impact,
        consent=weighed.consent,
        committee=weighed.committee,
        overrode=overrode,
    )
    assessment.save(force_insert=True)
    if weighed.words:
        safe = access.safe_of(record.case, Area.CORE)
        key = opening.key_of(opener, safe)
        safes.add(safe, row=assessment.pk, items=weighed.words, key=key)
    return assessment


def _about(
    concern: Concern,
    parties: Iterable[Person],
    *,
    lead: Person,
    by: Person,
    opener: Opener,
    now: datetime,
) -> Concern:
    """Name whom a concern is about; return it as it is after walls took keys from it."""
    named = list(parties)
    for person in named:
        name_party_of_concern(concern, by=by, opener=opener, person=person, now=now)
    if not named:
        return concern
    concern = Concern.objects.locked(concern.pk)
    if access.is_walled(lead, list(concern.walls.all())):
        msg = (
            "Whoever you chose to lead it stands too close to somebody you ticked. Choose another "
            "lead. Nobody was named, and what you entered is kept."
        )
        raise RuleError(msg)
    return concern


def _record_triage(
    record: Triage,
    assessment: Assessment | None,
    concern: Concern,
    *,
    why: Given | None,
    now: datetime,
) -> None:
    unit = concern.unit.code if concern.unit else None
    elapsed = (days.day_of(now) - concern.filed_on).days if concern.filed_on else 0
    ledger.record(
        Verb.CONCERN_TRIAGED,
        by=record.by.actor,
        at=now,
        subject=concern.subject,
        category=record.category_id,
        urgency=int(record.urgency),
        severity=int(record.severity),
        danger=record.in_danger,
        investigated=record.is_investigated,
        days=elapsed,
        likelihood=int(assessment.likelihood) if assessment else None,
        impact=int(assessment.impact) if assessment else None,
        overrode=assessment.overrode if assessment else None,
        why=why.value if why else None,
        track=record.track,
    )
    ledger.record(
        Verb.CASE_OPENED,
        by=record.by.actor,
        at=now,
        subject=f"case:{record.case_id}",
        concern=str(concern.pk),
        category=record.category_id,
        unit=unit,
    )


def _open_case(
    concern: Concern, *, by: Person, opener: Opener, lead: Person, facts: Case, now: datetime
) -> Case:
    """Open a case: a safe for its team, walls as around the concern, and the way into it."""
    walls = list(concern.walls.all())
    team = list(dict.fromkeys([lead, by]))
    if concern.handed_to is not None and concern.handed_to not in team:
        team.append(concern.handed_to)
    waiting = [
        person
        for person in access.without_walled(
            Person.objects.holding(Role.HEAD, Role.INDEPENDENT), walls
        )
        if person not in team
    ]
    active, keyless = safes.holders_of(team)
    dormant, _ = safes.holders_of(waiting, State.DORMANT)
    fresh = safes.make_safe("case", holders=[*active, *dormant])
    pass_on(concern.safe, opener=opener, holders=[Holder.of_safe(fresh.safe)])
    facts.id, facts.ref, facts.safe = uuid4(), next_reference(now), fresh.safe
    facts.unit, facts.lead, facts.opened_at = concern.unit, lead, now
    facts.save(force_insert=True)
    Member.objects.bulk_create(
        placed(facts, person, function_of(person, lead), now=now) for person in team
    )
    Wall.objects.bulk_create(
        Wall(case=facts, blind=wall.blind, why=wall.why, since=wall.since) for wall in walls
    )
    safes.miss(fresh.safe, keyless, now=now)
    identities.keep_apart([concern], [*team, *waiting])
    where = (concern.pk, "summary")
    summary = opening.open_items(opener, [where]).get(where, b"")
    safes.add(fresh.safe, row=facts.pk, items={"summary": summary}, key=fresh.key)
    return facts


def next_reference(now: datetime) -> str:
    """Return the reference of a case that is opened now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_case_number')")
        number = cursor.fetchone()[0]
    return rules.case_reference(days.day_of(now).year, number)
