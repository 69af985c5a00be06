"""What a page at the door carries instead of a cookie: a receipt, sealed, for two hours.

It lies in the body of a POST alone, so it stands in no address, history, log or storage.
"""

import base64
import binascii
import hmac
import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from common import keys, sealing
from safes.rules import Receipt

LIFE = timedelta(hours=2)
FORM_BYTES = 16
_BINDING = b"intake-capability|v1"
_UUID_BYTES = 16
_UUID_VERSION = 4


@dataclass(frozen=True)
class Capability:
    """A receipt at hand until `expires` (seconds since 1970).

    `is_shown` tells whether its owner has seen the receipt; `following` is the one that may come in
    its place. `form` is new for every page, so that
    what one page sends twice can be told from what two pages send.
    """

    receipt: Receipt
    expires: float
    is_shown: bool = False
    following: Receipt | None = None
    form: bytes = field(default_factory=lambda: os.urandom(FORM_BYTES), repr=False)

    @classmethod
    def granted(
        cls, receipt: Receipt, *, now: datetime, is_shown: bool, following: Receipt | None = None
    ) -> "Capability":
        """Return a capability for one page, good from now on."""
        return cls(receipt, (now + LIFE).timestamp(), is_shown, following)

    @classmethod
    def opened(cls, sealed: str) -> "Capability | None":
        """Return what `sealed` made, expired or not, or None where it was changed or cut."""
        try:
            envelope = base64.urlsafe_b64decode(sealed)
            facts = json.loads(sealing.decrypt(_key(), envelope, _BINDING))
        except (binascii.Error, ValueError, sealing.SealBrokenError):
            return None
        return cls(
            Receipt(facts["receipt"]),
            facts["expires"],
            facts["is_shown"],
            Receipt(facts["following"]) if facts["following"] else None,
            bytes.fromhex(facts["form"]),
        )

    def sealed(self) -> str:
        """Return the capability as a form carries it."""
        facts = {
            "receipt": self.receipt.symbols,
            "expires": self.expires,
            "is_shown": self.is_shown,
            "following": self.following.symbols if self.following else "",
            "form": self.form.hex(),
        }
        envelope = sealing.encrypt(_key(), json.dumps(facts).encode(), _BINDING)
        return base64.urlsafe_b64encode(envelope).decode()

    def is_expired(self, now: datetime) -> bool:
        """Return whether its time is over."""
        return now.timestamp() > self.expires

    def id_of(self, content: bytes) -> UUID:
        """Return the id of what this page sends: the same content again has the same id.

        Without `form`, which is stored nowhere, the id tells nothing about the content.
        """
        digest = hmac.digest(self.form, content, "sha256")
        return UUID(bytes=digest[:_UUID_BYTES], version=_UUID_VERSION)


def _key() -> bytes:
    return keys.derived("capability")
