"""The link of an invitation, derived when its mail is written and stored nowhere."""

from uuid import UUID

from django import template

from people.rules import invitation_token

register = template.Library()


@register.simple_tag
def invitation_path(invitation: str) -> str:
    """Return the path by which an invitation is accepted."""
    return f"/invitation/{invitation}/{invitation_token(UUID(invitation))}/"
