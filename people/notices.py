"""What we tell people by mail about how they sign in: that it changed, and the invitation."""

from datetime import datetime

from ledger.actions import Notice
from people.models import Invitation, Person

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
