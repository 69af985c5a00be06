"""Who could lead, do or take over something, who is here, and who is told."""

from collections.abc import Collection, Iterable
from datetime import date

from cases.access.walls import without_walled
from cases.lifecycle import Area
from cases.models import Case, Concern, Member, Wall
from people.models import Absence, Attendance, Person
from people.rules import Role


def told(
    persons: Iterable[Person], concern: Concern, walls: Collection[Wall], *, day: date
) -> list[Person]:
    """Return who is told instead of these: themselves, or who stands in and can see it.

    On a case only its team stands in: whoever is let in later is on it. Where nobody is here, all.
    """
    meant = list(persons)
    attendance = Attendance.on(day)
    line = {one for person in meant for one in attendance.line(person)}
    if concern.case_id is None:
        line = {one for one in line if one in meant or one.holds(Role.OFFICER, Role.HEAD)}
    else:
        line &= set(meant)
    free = without_walled({*line, *meant}, walls)
    reached = attendance.instead_of(meant, {one.pk for one in free})
    return reached or [person for person in meant if person in free]


def may_lead(concern: Concern) -> list[Person]:
    """Return the officers who could lead what becomes of a concern, walls applied."""
    officers = Person.objects.holding(Role.OFFICER, Role.INDEPENDENT)
    return without_walled(officers, list(concern.walls.all()))


def may_do(about: Case | Concern, area: Area | None = None) -> list[Person]:
    """Return who could do a task: the team of a case, or before triage who may look after it.

    Of the team those who see the area of which it is: of what hangs on a concern, what was filed.
    """
    case = about if isinstance(about, Case) else about.case
    if isinstance(about, Concern) and case is None:
        return may_lead(about)
    places = Member.objects.current().filter(case=case)
    if isinstance(about, Concern):
        area = Area.CONCERNS
    if area is not None:
        # whoever may not see it would never find the task
        places = places.filter(areas__contains=[area.value])
    team = Person.objects.active().filter(memberships__in=places)
    return without_walled(team.order_by("name", "pk"), list(about.walls.all()))


def here(persons: Iterable[Person], day: date) -> list[Person]:
    """Return who of these is neither away on a day nor locked out, in their order."""
    away = set(Absence.objects.on(day).values_list("person", flat=True))
    return [person for person in persons if person.may_sign_in and person.pk not in away]


def may_join(case: Case, *, as_guest: bool) -> list[Person]:
    """Return who could come onto a case, walls applied: officers to stay, and experts as guests."""
    wanted = [Role.OFFICER, Role.INDEPENDENT, *([Role.EXPERT] if as_guest else [])]
    return without_walled(Person.objects.holding(*wanted), list(case.walls.all()))


def may_take_over(case: Case, person: Person) -> list[Person]:
    """Return who could lead a case instead of somebody: officers, then the heads, who choose on."""
    officers = Person.objects.holding(Role.OFFICER, Role.INDEPENDENT)
    heads = Person.objects.holding(Role.HEAD)
    wanted = dict.fromkeys(one for one in [*officers, *heads] if one != person)
    return without_walled(wanted, list(case.walls.all()))
