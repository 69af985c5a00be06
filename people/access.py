"""Who may what, by role alone."""

from django.core.exceptions import PermissionDenied

from people.models import Person
from people.rules import Role


def require(person: Person, *roles: Role) -> None:
    """Refuse a person who holds none of these roles."""
    if not person.holds(*roles):
        msg = "This is for " + " or ".join(Role(role).label.lower() for role in roles) + "."
        raise PermissionDenied(msg)
