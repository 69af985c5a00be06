"""Roles and scopes, which are code and not rows; blind indexes and tokens. Knows no database."""

import hashlib
import hmac
import re
import secrets
from uuid import UUID

from django.db.models import TextChoices

from common import keys


class Role(TextChoices):
    """What a person is to the ethics office; somebody without any is staff."""

    OFFICER = "officer", "Ethics officer"
    HEAD = "head", "Head of the ethics office"
    INDEPENDENT = "independent", "Independent person"
    CUSTODIAN = "custodian", "Identity custodian"
    LEADERSHIP = "leadership", "Leadership"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"
    POLICY_OWNER = "policy_owner", "Policy owner"


# Who works on concerns and cases, and so may be asked for, walled off, or escalated to.
OFFICE = frozenset({Role.OFFICER, Role.HEAD, Role.INDEPENDENT})
# Whoever has a role of this set could come near a case through the system itself.
TRUSTED = frozenset(Role)


class Scope(TextChoices):
    """What an API client may do."""

    CONCERNS_CREATE = "concerns:create", "File concerns"
    CATEGORIES_READ = "categories:read", "Read the site's categories"
    CASES_READ = "cases:read", "Read the metadata of cases"
    CLOCKS_READ = "clocks:read", "Read clocks"
    FIGURES_READ = "figures:read", "Read released figures"
    REPORTS_READ = "reports:read", "Read audit reports"
    REPORTS_CREATE = "reports:create", "Ask for audit reports"
    LEDGER_READ = "ledger:read", "Read checkpoints"


def blind_index(person_id: UUID) -> bytes:
    """Return what stands for a person where naming them would unmask somebody (HMAC-SHA256)."""
    return hmac.digest(keys.derived("subject-index"), person_id.bytes, "sha256")


TOKEN = re.compile(r"ed_live_(?P<prefix>[0-9a-f]{8})_[A-Za-z0-9_-]{43}")


def new_token() -> tuple[str, str]:
    """Return a fresh API token and the prefix by which it is known."""
    prefix = secrets.token_hex(4)
    return f"ed_live_{prefix}_{secrets.token_urlsafe(32)}", prefix


def token_digest(token: str) -> bytes:
    """Return what is stored of a token: of 256 random bits a plain hash will do (ASVS 6.5.2)."""
    return hashlib.sha256(token.encode()).digest()
