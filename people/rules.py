"""Roles and scopes, which are code and not rows; blind indexes and tokens. Knows no database."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
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
    # from outside the office: on the cases to which a lead lets them, for a time
    EXPERT = "expert", "Expert"


# Who works on concerns and cases, and so may be asked for, walled off, or escalated to.
OFFICE = frozenset({Role.OFFICER, Role.HEAD, Role.INDEPENDENT})
# Whoever can open a case, watches over those who do, or gives these roles: no session of theirs
# opens anything without a second factor.
SECOND_FACTOR = OFFICE | {Role.CUSTODIAN, Role.ADMINISTRATOR, Role.AUDITOR, Role.EXPERT}
# Roles that bring somebody near what people told: given and taken by two persons.
ETHICS = frozenset(
    {
        Role.OFFICER,
        Role.HEAD,
        Role.INDEPENDENT,
        Role.CUSTODIAN,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
        Role.EXPERT,
    }
)
# Roles that must not meet in one person, since each bounds what the other can do: who keeps
# accounts and keys reads nothing, who keeps names works on no concern, who audits did neither.
APART: Mapping[str, frozenset[str]] = {
    Role.ADMINISTRATOR.value: OFFICE | {Role.CUSTODIAN, Role.AUDITOR, Role.EXPERT},
    Role.CUSTODIAN.value: OFFICE | {Role.AUDITOR, Role.EXPERT},
    Role.AUDITOR.value: OFFICE | {Role.EXPERT},
}
# Roles without whose last holder nobody could look after the others, or keep a name.
LASTING = (Role.ADMINISTRATOR, Role.HEAD, Role.CUSTODIAN)
# Whoever has a role of this set could come near a case through the system itself.
TRUSTED = frozenset(Role)


def clash(roles: Iterable[str]) -> str:
    """Return the sentence that refuses roles which must not meet in one person, or nothing."""
    held = set(roles)
    for one, others in APART.items():
        for other in sorted(others & held) if one in held else ():
            return (
                f"One person cannot be {_said(Role(one))} and {_said(Role(other))}: each bounds "
                "what the other can do. Nothing was changed; choose one of the two."
            )
    return ""


def _said(role: Role) -> str:
    label = role.label.lower()
    return f"an {label}" if label[0] in "aeiou" else f"a {label}"


class Scope(TextChoices):
    """What an API client may do."""

    CONCERNS_CREATE = "concerns:create", "File concerns"
    CATEGORIES_READ = "categories:read", "Read the site's categories"
    FORMS_READ = "forms:read", "Read the site's questionnaires"
    CASES_READ = "cases:read", "Read the metadata of cases"
    CLOCKS_READ = "clocks:read", "Read clocks"
    CALENDARS_READ = "calendars:read", "Read calendars"
    ACKNOWLEDGEMENTS_READ = "acknowledgements:read", "Read how many have read a policy"
    FIGURES_READ = "figures:read", "Read released figures"
    REPORTS_READ = "reports:read", "Read audit reports"
    REPORTS_CREATE = "reports:create", "Ask for audit reports"
    LEDGER_READ = "ledger:read", "Read checkpoints"


class Factor(TextChoices):
    """The kinds of second factors, as allauth names them."""

    TOTP = "totp", "Code from an app"
    PASSKEY = "webauthn", "Passkey"
    RECOVERY = "recovery_codes", "Recovery codes"


def blind_index(person_id: UUID) -> bytes:
    """Return what stands for a person where naming them would unmask somebody (HMAC-SHA256)."""
    return hmac.digest(keys.derived("subject-index"), person_id.bytes, "sha256")


def blind_recusal(person_id: UUID) -> bytes:
    """Return what stands for somebody who stepped off: unlike a subject, without those below."""
    return hmac.digest(keys.derived("recusal-index"), person_id.bytes, "sha256")


# what has no end; the database and Python agree on it
FOR_EVER = date.max


@dataclass(frozen=True)
class Conflicts:
    """Whose walls stand before somebody: by blind index, the last day on which the cause held.

    A wall of a later day than that does not count. Whoever stood behind a wall once stays there.
    """

    until: Mapping[bytes, date]

    def meet(self, blind: bytes, since: date) -> bool:
        """Return whether a wall of this blind index and day stands before them."""
        last = self.until.get(blind)
        return last is not None and since <= last


TOKEN = re.compile(r"ed_live_(?P<prefix>[0-9a-f]{8})_[A-Za-z0-9_-]{43}")


def new_token() -> tuple[str, str]:
    """Return a fresh API token and the prefix by which it is known."""
    prefix = secrets.token_hex(4)
    return f"ed_live_{prefix}_{secrets.token_urlsafe(32)}", prefix


def new_feed_secret() -> str:
    """Return a fresh secret of a calendar link: 256 random bits."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """Return what is stored of a token: of 256 random bits a plain hash will do (ASVS 6.5.2)."""
    return hashlib.sha256(token.encode()).digest()


def invitation_token(invitation_id: UUID) -> str:
    """Return the secret of an invitation: 256 bits that only the server's key yields."""
    found = hmac.digest(keys.derived("invitation"), invitation_id.bytes, "sha256")
    return base64.urlsafe_b64encode(found).decode().rstrip("=")


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """Return the kind of browser and system in two words: enough to know one's own again."""
    browser = next((name for part, name in BROWSERS if part in user_agent), "A browser")
    system = next((name for part, name in SYSTEMS if part in user_agent), "")
    return f"{browser} on {system}" if system else browser


ROWS = ("qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1234567890", "0123456789")


class PredictablePasswordValidator:
    """Refuses what everybody tries first: names of this place, one thing repeated, keys in a row.

    NIST SP 800-63B-4, 3.1.1.2: the whole password is compared, never a part of it.
    """

    SHORT = 4

    def validate(self, password: str, user: object = None) -> None:
        """Raise a ValidationError for a password that is on the list in one form or another."""
        plain = password.casefold()
        letters = "".join(filter(str.isalpha, plain))
        unit = self._unit(plain)
        if (
            self._unit(letters) in self._names(user)
            or (len(unit) < len(plain) and (len(unit) <= self.SHORT or self._is_common(unit)))
            or (letters and letters != plain and self._is_common(self._unit(letters)))
            or any(plain in row * len(plain) or plain in row[::-1] * len(plain) for row in ROWS)
        ):
            msg = "This password is among the first that anybody would try. Choose another."
            raise ValidationError(msg, code="password_predictable")

    def get_help_text(self) -> str:
        """Say it beforehand."""
        return "Names of this place, repetitions and keys in a row are not taken."

    @staticmethod
    def _unit(text: str) -> str:
        """Return the shortest part of which a text is a repetition: perhaps the text itself."""
        return text[: (text + text).find(text, 1)] if text else text

    @staticmethod
    def _is_common(text: str) -> bool:
        return text in _common_passwords()

    @staticmethod
    def _names(user: object) -> set[str]:
        said = [settings.OFFICE_NAME, "ethicsdesk", "ethics desk", "password", "passphrase"]
        said += [str(getattr(user, name, "")) for name in ("username", "name", "email")]
        said += [word for one in said for word in re.split(r"[\s.@_-]+", one)]
        return {"".join(filter(str.isalpha, one.casefold())) for one in said} - {""}


@lru_cache
def _common_passwords() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
