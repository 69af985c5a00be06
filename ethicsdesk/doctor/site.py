"""What a site has to give: settings, mail, keys, what files are cleaned with."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from common import clamd, keys, mat2, sandbox
from common.custody import Custody, Folder
from ethicsdesk.doctor.findings import Finding, bad, warn

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PUBLIC = (
    keys.MASTER,
    keys.INDEX,
    keys.SECRET,
    keys.SIGNING_PUBLIC,
    keys.MAILER_PUBLIC,
    keys.CLEANER_PUBLIC,
)
_SIGNS = (keys.SIGNING, keys.MAILER)
# the secrets that a process has beside the keys of all; whatever else it has is too much
SECRETS = {
    "owner": (*_SIGNS, keys.CLEANER),
    "test": (*_SIGNS, keys.CLEANER),
    "worker": _SIGNS,
    "cleaner": (keys.CLEANER,),
}
READABLE_BY_OTHERS = 0o077


def configuration() -> Iterator[Finding]:
    """Look at the settings that no start refuses and that are wrong all the same."""
    host = urlsplit(settings.ORIGIN).hostname or ""
    if settings.SECURE or host in LOOPBACK:
        yield Finding(f"People come by {settings.ORIGIN}")
    else:
        yield bad(
            f"People come by {settings.ORIGIN}, where everybody on the way reads along",
            "put a TLS proxy before it and set ETHICSDESK_ORIGIN to https://….",
        )
    if host and host not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        yield bad(f"{host} is not answered", f"add it: ETHICSDESK_HOSTS=…,{host}")
    if "*" in settings.ALLOWED_HOSTS:
        yield warn("Any host name is answered", "name yours in ETHICSDESK_HOSTS.")
    if settings.DEMO and host not in LOOPBACK:
        yield bad(
            "This is a demonstration, whose passwords and mail anybody may see, and it is not on "
            "this machine alone",
            "unset ETHICSDESK_DEMO and begin with an empty state.",
        )
    yield _mail()


def _mail() -> Finding:
    folder: Path | None = getattr(settings, "EMAIL_FILE_PATH", None)
    if folder is None:
        return Finding(f"Mail leaves by {settings.EMAIL_HOST}:{settings.EMAIL_PORT}")
    if settings.DEMO:
        return Finding("Mail is caught, and shown at /demo/mail/")
    return warn(
        f"Mail is written into {folder} and reaches nobody",
        "set ETHICSDESK_MAIL to smtp://… of your mail server.",
    )


def key_files() -> Iterator[Finding]:
    """Look at the keys that this process has, lacks, or should not have."""
    private = SECRETS.get(settings.PROCESS, ())
    wraps = keys.name_of("master", keys.current())
    custody: Custody = settings.KEYS
    missing = [name for name in {*PUBLIC, wraps, *private} if not _is_key(custody, name)]
    if missing:
        yield bad(
            f"Keys are missing or unreadable for the process {settings.PROCESS}: "
            + ", ".join(sorted(missing)),
            f"put them back into {custody} from your safekeeping. New ones open nothing old.",
        )
        return
    yield Finding(f"The {settings.PROCESS} process has its keys; {wraps} wraps")
    others = [name for name in (*_SIGNS, keys.CLEANER) if name not in private]
    if spare := [name for name in others if custody.text(name)]:
        yield warn(
            f"The {settings.PROCESS} process could sign checkpoints, read addresses or "
            "open uploads",
            f"take {' and '.join(spare)} out of {custody}; it does not need them.",
        )
    if isinstance(custody, Folder) and (loose := _loose(custody.path)):
        yield warn(
            f"Others on this machine can read {', '.join(loose)}", f"chmod 600 in {custody}."
        )
    if keys.SIGNING in private and not _fits():
        yield bad(
            "The signing key and its public half do not belong together",
            f"put the right {keys.SIGNING_PUBLIC} back: by this one every checkpoint is forged.",
        )


def _is_key(custody: Custody, name: str) -> bool:
    try:
        return bool(bytes.fromhex(custody.text(name) or ""))
    except (OSError, ValueError):
        return False


def _loose(folder: Path) -> list[str]:
    """Return the secret keys that others on this machine can read."""
    return sorted(
        path.name for path in folder.glob("*.key") if path.stat().st_mode & READABLE_BY_OTHERS
    )


def _fits() -> bool:
    mine = keys.signing_key().public_key().public_bytes_raw()
    return mine in {public.public_bytes_raw() for public in keys.verifying_keys()}


_PIECE = 2**18


def cleaning() -> Iterator[Finding]:
    """Look at what files are cleaned with, and what waits for it."""
    if mat2.is_here() and settings.MAT2:
        yield Finding("mat2 goes over every clean copy, in bubblewrap")
    elif sandbox.can_close_in():
        yield Finding("Files are looked into in bubblewrap; mat2 is not used")
    else:
        yield Finding("Files are looked into in a child process with limits; no bubblewrap here")
    if not settings.CLAMAV:
        yield Finding("Files are not scanned for malware, and are shown so: no ETHICSDESK_CLAMAV")
    else:
        yield _scanner(settings.CLAMAV)


def _scanner(address: str) -> Finding:
    """Ask the scanner about as many bytes as the largest file that is taken has."""
    most = settings.UPLOAD_MAX_BYTES
    pieces = (bytes(min(_PIECE, most - at)) for at in range(0, most, _PIECE))
    try:
        clamd.is_clean(address, pieces)
    except clamd.TooLongToScanError:
        return bad(
            "The malware scanner takes no file as large as we do; larger ones are kept apart",
            f"set StreamMaxLength in clamd.conf to {most // 2**20}M at least.",
        )
    except clamd.ScannerAwayError:
        return bad(
            "The malware scanner does not answer, so every new file is kept apart",
            f"start clamd, or put ETHICSDESK_CLAMAV ({address}) right.",
        )
    return Finding("The malware scanner answers, and takes files as large as we do")
