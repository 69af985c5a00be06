"""Who may what, by role alone."""

from django.core.exceptions import PermissionDenied

from people.models import ApiClient, Person
from people.rules import Role, Scope


def require(person: Person, *roles: Role) -> None:
    """Refuse a person who holds none of these roles."""
    if not person.holds(*roles):
        msg = "This is for " + " or ".join(Role(role).label.lower() for role in roles) + "."
        raise PermissionDenied(msg)


def require_scope(client: ApiClient, scope: Scope) -> None:
    """Refuse a program whose scopes lack this one."""
    if not client.is_active or scope not in client.scopes:
        msg = f"This needs the scope {scope.value}."
        raise PermissionDenied(msg)
