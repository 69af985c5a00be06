"""What we tell people by mail about themselves: sign-in, invitation, to whom they report."""

from datetime import datetime

from ledger.actions import Notice
from people.models import Absence, Delegation, Invitation, Person
from people.rules import Role

# the channel that escalation.notices delivers
MAIL = "mail"


def letter(
    person: Person, template: str, *, identity: str, now: datetime, **context: str
) -> Notice:
    """Return a letter to somebody, who is addressed by name; `identity` is its own for each."""
    return Notice(
        identity=identity,
        channel=MAIL,
        to=f"person:{person.pk}",
        template=template,
        at=now,
        context={"name": person.name, **context},
    )


def invited(invitation: Invitation, *, now: datetime) -> list[Notice]:
    """Send the link; the row holds no secret, the mailer derives it from the invitation's id."""
    person = invitation.person
    return [
        letter(
            person,
            "invited",
            identity=f"invited:{invitation.pk}",
            now=now,
            username=person.username,
            invitation=str(invitation.pk),
        )
    ]


def line_changed(
    person: Person, before: Person | None, manager: Person | None, *, now: datetime
) -> list[Notice]:
    """Tell somebody, and whom it takes them from and brings them to, to whom they report."""
    told = [one for one in (person, before, manager) if one is not None and one.is_active]
    return [
        letter(
            one,
            "line_changed",
            identity=f"line_changed:{person.pk}:{now.isoformat()}:{one.pk}",
            now=now,
            who=person.name,
            manager=manager.name if manager else "",
        )
        for one in told
        if one.email
    ]


def noted_away(absence: Absence, *, now: datetime) -> list[Notice]:
    """Tell somebody that a colleague said for them that they are away, and until when."""
    person, by = absence.person, absence.noted_by
    if by is None or not person.email:
        return []
    return [
        letter(
            person,
            "noted_away",
            identity=f"noted_away:{absence.pk}",
            now=now,
            who=by.name,
            until=str(absence.until),
        )
    ]


def stand_in_asked(delegation: Delegation, *, now: datetime) -> list[Notice]:
    """Tell somebody that they were asked to stand in for whoever cannot ask."""
    to, by = delegation.delegate, delegation.named_by
    if by is None or not to.email:
        return []
    return [
        letter(
            to,
            "stand_in_asked",
            identity=f"stand_in_asked:{delegation.pk}",
            now=now,
            who=by.name,
            for_whom=delegation.person.name,
        )
    ]


def operator_acted(person: Person, what: str, *, now: datetime) -> list[Notice]:
    """Tell every administrator and head what the operator did to an account on the machine."""
    overseers = Person.objects.holding(Role.ADMINISTRATOR, Role.HEAD).exclude(pk=person.pk)
    return [
        letter(
            one,
            "operator_acted",
            identity=f"operator_acted:{what}:{person.pk}:{now.isoformat()}:{one.pk}",
            now=now,
            who=person.name,
            what=what,
        )
        for one in overseers
        if one.email
    ]


def changed(person: Person, what: str, *, now: datetime) -> list[Notice]:
    """Tell somebody that their password, second factor or roles changed."""
    if not person.email:
        return []
    return [
        letter(
            person,
            "sign_in_changed",
            identity=f"changed:{what}:{person.pk}:{now.isoformat()}",
            now=now,
            what=what,
        )
    ]
