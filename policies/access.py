"""Who asks people to acknowledge a policy and sees how many have, and who keeps the catalogues."""

from django.core.exceptions import PermissionDenied

from people.models import Person
from people.rules import Role
from policies.models import Policy

# Policies are theirs, or they answer for everything the office asks. Not administrators: theirs are
# accounts, paths and calendars (`design/requirements.md`, who uses it).
ASK_FOR_ANY = (Role.POLICY_OWNER, Role.HEAD)


def may_ask(person: Person, policy: Policy) -> bool:
    """Return whether somebody may ask people to read a policy."""
    is_owner = person.is_active and person.pk == policy.owner_id
    return is_owner or person.holds(*ASK_FOR_ANY)


def require_asking(person: Person, policy: Policy) -> None:
    """Refuse whoever may not."""
    if not may_ask(person, policy):
        msg = "This is for whoever owns the policy, policy owners and the head of the office."
        raise PermissionDenied(msg)


def may_keep(person: Person) -> bool:
    """Return whether somebody proposes and publishes what signs and scripts say."""
    return person.holds(*ASK_FOR_ANY)


def require_keeping(person: Person) -> None:
    """Refuse whoever may not."""
    if not may_keep(person):
        msg = "This is for policy owners and the head of the office."
        raise PermissionDenied(msg)
