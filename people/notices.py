"""What we tell people by mail about themselves: sign-in, invitation, to whom they report."""

from datetime import datetime

from ledger.actions import Notice
from people.models import Absence, Delegation, Invitation, Person
from people.rules import Role

# the channel that escalation.notices delivers
MAIL = "mail"


def invited(invitation: Invitation, *, now: datetime) -> list[Notice]:
    """Send the link; the row holds no secret, the mailer derives it from the invitation's id."""
    person = invitation.person
    return [
        Notice(
            identity=f"invited:{invitation.pk}",
            channel=MAIL,
            to=f"person:{person.pk}",
            template="invited",
            at=now,
            context={
                "name": person.name,
                "username": person.username,
                "invitation": str(invitation.pk),
            },
        )
    ]


def line_changed(
    person: Person, before: Person | None, manager: Person | None, *, now: datetime
) -> list[Notice]:
    """Tell somebody, and whom it takes them from and brings them to, to whom they report."""
    told = [one for one in (person, before, manager) if one is not None and one.is_active]
    return [
        Notice(
            identity=f"line_changed:{person.pk}:{now.isoformat()}:{one.pk}",
            channel=MAIL,
            to=f"person:{one.pk}",
            template="line_changed",
            at=now,
            context={
                "name": one.name,
                "who": person.name,
                "manager": manager.name if manager else "",
            },
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
        Notice(
            identity=f"noted_away:{absence.pk}",
            channel=MAIL,
            to=f"person:{person.pk}",
            template="noted_away",
            at=now,
            context={"name": person.name, "who": by.name, "until": str(absence.until)},
        )
    ]


def stand_in_asked(delegation: Delegation, *, now: datetime) -> list[Notice]:
    """Tell somebody that they were asked to stand in for whoever cannot ask."""
    to, by = delegation.delegate, delegation.named_by
    if by is None or not to.email:
        return []
    return [
        Notice(
            identity=f"stand_in_asked:{delegation.pk}",
            channel=MAIL,
            to=f"person:{to.pk}",
            template="stand_in_asked",
            at=now,
            context={"name": to.name, "who": by.name, "for_whom": delegation.person.name},
        )
    ]


def operator_acted(person: Person, what: str, *, now: datetime) -> list[Notice]:
    """Tell every administrator and head what the operator did to an account on the machine."""
    overseers = Person.objects.holding(Role.ADMINISTRATOR, Role.HEAD).exclude(pk=person.pk)
    return [
        Notice(
            identity=f"operator_acted:{what}:{person.pk}:{now.isoformat()}:{one.pk}",
            channel=MAIL,
            to=f"person:{one.pk}",
            template="operator_acted",
            at=now,
            context={"name": one.name, "who": person.name, "what": what},
        )
        for one in overseers
        if one.email
    ]


def changed(person: Person, what: str, *, now: datetime) -> list[Notice]:
    """Tell somebody that their password, second factor or roles changed."""
    if not person.email:
        return []
    return [
        Notice(
            identity=f"changed:{what}:{person.pk}:{now.isoformat()}",
            channel=MAIL,
            to=f"person:{person.pk}",
            template="sign_in_changed",
            at=now,
            context={"name": person.name, "what": what},
        )
    ]
