"""Read the environment: all that a site has to give, documented in docs/settings.md."""

import os
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from common.custody import Custody


class ConfigurationError(RuntimeError):
    """Something a site has to give is missing or malformed; the message says what to do."""


def text(name: str, default: str | None = None) -> str:
    """Return a variable, its default, or refuse to start without it."""
    value = os.environ.get(name, default)
    if value is None:
        msg = f"{name} is not set. `./desk up` sets it; elsewhere see docs/settings.md."
        raise ConfigurationError(msg)
    return value


def number(name: str, default: int, *, least: int, most: int) -> int:
    """Return a variable as a whole number within its bounds, or refuse to start."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        msg = f"{name} must be a whole number from {least} to {most}, not {value!r}."
        raise ConfigurationError(msg)
    return int(value)


def clock_time(name: str) -> time | None:
    """Return a variable as a time of the day such as 08:00, None where it is not set."""
    return _time(name, value) if (value := text(name, "")) else None


def hours(name: str, default: str) -> tuple[time, time] | None:
    """Return a variable as two times of the day such as 20:00-07:00, None where it is empty."""
    if not (value := text(name, default)):
        return None
    begins, _, ends = value.partition("-")
    return _time(name, begins), _time(name, ends)


def _time(name: str, value: str) -> time:
    try:
        return datetime.strptime(value.strip(), "%H:%M").replace(tzinfo=UTC).time()
    except ValueError:
        msg = f"{name} takes times such as 08:00, not {value!r}."
        raise ConfigurationError(msg) from None


def secret(custody: Custody, name: str) -> str:
    """Return a secret that Django needs before it can read its settings."""
    value = custody.text(name)
    if not value:
        msg = f"{name} is not among the keys ({custody}). See ETHICSDESK_KEYS in docs/settings.md."
        raise ConfigurationError(msg)
    return value


def flag(name: str) -> bool:
    """Return whether a variable is `1`."""
    return os.environ.get(name, "") == "1"


def words(name: str, default: str) -> list[str]:
    """Return a variable's comma-separated parts."""
    return [word for word in text(name, default).split(",") if word]


def database(name: str) -> dict[str, Any]:
    """Return Django's form of a `postgres://user:password@host:port/name?option=…` URL.

    A host that begins with `/` (quoted in the URL) is the folder of a unix socket.
    """
    parts = urlsplit(text(name))
    if parts.scheme not in {"postgres", "postgresql"}:
        msg = f"{name} must begin with postgres://, not {parts.scheme}://."
        raise ConfigurationError(msg)
    host, _, port = parts.netloc.rpartition("@")[2].partition(":")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": port,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **dict(parse_qsl(parts.query))},
    }


def mail(name: str) -> dict[str, Any]:
    """Return Django's mail settings for `smtp://user:password@host:port` or `file:///folder`."""
    parts = urlsplit(text(name, "smtp://localhost:25"))
    if parts.scheme == "file":
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": Path(unquote(parts.path)),
        }
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"}:
        msg = f"{name} must begin with smtp://, smtps://, smtp+tls:// or file://."
        raise ConfigurationError(msg)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }
