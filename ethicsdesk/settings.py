"""One settings file for every process; what differs between sites comes from the environment."""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from celery.schedules import schedule
from csp.constants import NONE, SELF

from common import custody
from ethicsdesk import environment

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

# -- who we are -----------------------------------------------------------------
# owner (migrations), web, speak (the reporter's door alone), worker, cleaner, beat, watchdog, test
PROCESS = environment.text("ETHICSDESK_PROCESS", "web")
DEMO = environment.flag("ETHICSDESK_DEMO")
DEBUG = False
OFFICE_NAME = environment.text("ETHICSDESK_OFFICE_NAME", "Northmoor")
ORIGIN = environment.text("ETHICSDESK_ORIGIN", "http://127.0.0.1:8000")
# where the reporter's door is, if it has an address of its own
SPEAK_ORIGIN = environment.text("ETHICSDESK_SPEAK_ORIGIN", ORIGIN)
SECURE = ORIGIN.startswith("https://")
EMERGENCY_NUMBER = environment.text("ETHICSDESK_EMERGENCY_NUMBER", "112")
HELPLINE_NUMBER = environment.text("ETHICSDESK_HELPLINE_NUMBER", "")
# where "Leave this page" leads
LEAVE_URL = environment.text("ETHICSDESK_LEAVE_URL", "https://www.wikipedia.org/")
# where the keys are: a folder, or `environment`; see common.custody and docs/settings.md
KEYS = custody.named(environment.text("ETHICSDESK_KEYS"))
# whether the server may open people's keys without a passphrase: a site's choice, always shown
MANAGED_KEYS = environment.flag("ETHICSDESK_MANAGED_KEYS")

# -- Django ----------------------------------------------------------------------
SECRET_KEY = environment.secret(KEYS, "secret.key")
ALLOWED_HOSTS = environment.words("ETHICSDESK_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = [ORIGIN]
ROOT_URLCONF = "ethicsdesk.speak_urls" if PROCESS == "speak" else "ethicsdesk.urls"
WSGI_APPLICATION = "ethicsdesk.wsgi.application"
APPEND_SLASH = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "audits",
    "retention",
    "cases",
    "questionnaires",
    "policies",
    "escalation",
    "files",
    "safes",
    "people",
    "ledger",
    "ethicsdesk",
    "csp",
    "people.apps.AllauthConfig",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "drf_spectacular",
    "guardian",
    "pgtrigger",
    "rest_framework",
]

# The reporter's door knows no session, cookie, account or message.
SPEAK_MIDDLEWARE = [
    "ethicsdesk.middleware.Anonymity",
    "ethicsdesk.middleware.Headers",
    "ethicsdesk.middleware.Outage",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "people.middleware.RequestTransaction",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
MIDDLEWARE = (
    SPEAK_MIDDLEWARE
    if PROCESS == "speak"
    else [
        "ethicsdesk.middleware.Anonymity",
        "ethicsdesk.middleware.Headers",
        "ethicsdesk.middleware.Outage",
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "csp.middleware.CSPMiddleware",
        "people.middleware.sessions.Sessions",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "people.middleware.RequestTransaction",
        "allauth.account.middleware.AccountMiddleware",
        "people.middleware.gate.SecondFactor",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
    ]
)

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "ethicsdesk.context.site",
            ],
            "builtins": ["common.templatetags.parts", "common.templatetags.fields"],
        },
    }
]

# -- databases -------------------------------------------------------------------
DATABASES = {
    "default": environment.database("DATABASE_URL"),
    "keystore": environment.database("KEYSTORE_URL"),
}
DATABASE_ROUTERS = ["ethicsdesk.routers.Keystore"]

# -- limits: counters in a memory of their own that never lasts ---------------------
LIMITS_URL = environment.text("LIMITS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": LIMITS_URL,
        "KEY_PREFIX": "ed",
        # a page must not wait for a counter
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}

# the header in which our own proxy names the address a request came from; none: the connection's
ADDRESS_HEADER = environment.text("ETHICSDESK_ADDRESS_HEADER", "")
# What may be done at the reporter's door (common.limits.Act): in one network, then by everybody,
# each at once and more an hour. A network may be a whole company; the design's busiest minute has
# 3.5 reports a second. Who is over it is asked to wait 20 seconds, and loses nothing.
DOOR_BUDGETS = {
    "receipt": ((60, 720), (1_200, 14_400)),
    "draft": ((120, 1_800), (1_200, 18_000)),
    "step": ((900, 18_000), (9_000, 180_000)),
    "file": ((120, 1_800), (1_200, 18_000)),
    "upload": ((120, 1_800), (600, 9_000)),
    "message": ((60, 900), (600, 9_000)),
}
# What one receipt may send, at once and more an hour: whoever has one must not bury the office.
RECEIPT_BUDGETS = {"message": (20, 60), "upload": (20, 60)}

# -- people ----------------------------------------------------------------------
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["people.access.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# NIST SP 800-63B-4, 3.1.1.2: 15 characters where a password stands alone, up to 256, no
# composition rules, no expiry, and a blocklist against which the whole password is compared.
PASSWORD_MAX_LENGTH = 256
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "email"]},
    },
    {"NAME": "people.rules.PredictablePasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
# Gates ask `visible_to`, never `has_perm`, so guardian needs no backend.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None

# -- second factors and single sign-on: allauth's machinery behind our own views ------
ACCOUNT_ADAPTER = "people.views.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
# how long somebody may take between the password and the second factor
ACCOUNT_LOGIN_TIMEOUT = 10 * 60
MFA_ADAPTER = "people.views.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "EthicsDesk"
# one step either way, for clocks that are not quite right; each code works once all the same
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_DIGITS = 12
SOCIALACCOUNT_ADAPTER = "people.views.adapters.Providers"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
OIDC_ISSUER = environment.text("ETHICSDESK_OIDC_ISSUER", "").rstrip("/")
OIDC_NAME = environment.text("ETHICSDESK_OIDC_NAME", "your organisation")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "SCOPE": ["openid", "email"],
        "APPS": [
            {
                "provider_id": "office",
                "name": OIDC_NAME,
                "client_id": environment.text("ETHICSDESK_OIDC_CLIENT", ""),
                "secret": environment.text("ETHICSDESK_OIDC_SECRET", ""),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}
# how many proxies of ours stand in front: whose X-Forwarded-For is believed for counting attempts
PROXIES = int(environment.text("ETHICSDESK_PROXIES", "0"))
INVITATION_LIFE = timedelta(days=3)
# after a reset a password alone enrols the next second factor: long enough for a weekend, no longer
ENROL_WITHIN = timedelta(days=3)
# how long a browser in which somebody signed in is known as theirs
DEVICE_LIFE = timedelta(days=90)
# sensitive acts ask again when the last sign-in is older than this (ASVS 7.5.3)
RECENT = timedelta(minutes=10)

# -- sessions: bounded, and never readable from a script --------------------------
SESSION_ENGINE = "people.middleware.sessions"
SESSION_IDLE = timedelta(hours=1)
SESSION_ABSOLUTE = timedelta(hours=12)
# how often the time of the last use is written down
SESSION_TOUCH = timedelta(minutes=1)
# what an open page asks by itself: it does not show that somebody is there
ASKED_BY_PAGES = "/desk/live/"
# Over plain http on loopback a browser drops Secure cookies, and __Host- needs Secure.
_HOST = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{_HOST}ed-session"
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{_HOST}ed-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = SECURE
DEVICE_COOKIE_NAME = f"{_HOST}ed-device"
# a calendar link between the moment it is made and the page that shows it
LINK_COOKIE_NAME = f"{_HOST}ed-link"
VAULT_COOKIE_NAME = f"{_HOST}ed-vault"
VAULT_IDLE = timedelta(minutes=15)
VAULT_ABSOLUTE = timedelta(hours=12)
# how often the time of the last use is written down
VAULT_TOUCH = timedelta(minutes=1)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# -- headers ---------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
# no-referrer would make browsers send `Origin: null` with our own forms, which the CSRF check
# refuses; the reporter's door, which needs no such check, says no-referrer (ethicsdesk.middleware)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 63_072_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "DENY"


def form_actions(issuer: str) -> list[str]:
    """Return where forms may lead: here, and to the provider, whose redirect answers one."""
    origin = "/".join(issuer.split("/")[:3])
    return [SELF, origin] if origin else [SELF]


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": form_actions(OIDC_ISSUER),
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# -- files -----------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = environment.text("ETHICSDESK_STATIC", str(BASE_DIR / ".desk" / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PROCESS == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Files are taken at the reporter's door alone, which seals them while it reads: no upload is ever
# kept in plaintext, in memory or on a disk. Everywhere else what comes is read past.
FILE_UPLOAD_HANDLERS = ["common.uploads.NoUploads"]
UPLOAD_MAX_BYTES = int(environment.text("ETHICSDESK_UPLOAD_MAX_MB", "25")) * 2**20
UPLOAD_MAX_FILES = int(environment.text("ETHICSDESK_UPLOAD_MAX_FILES", "10"))
# the malware scanner: unix:///path of clamd's socket, or tcp://host:port
CLAMAV = environment.text("ETHICSDESK_CLAMAV", "")
# mat2 goes over every clean copy as well, where it and bubblewrap are installed
MAT2 = environment.text("ETHICSDESK_MAT2", "1") == "1"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = UPLOAD_MAX_FILES

# -- language and time -------------------------------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# the zone in which the office counts its days
OFFICE_ZONE = environment.text("ETHICSDESK_ZONE", "Europe/London")
DATE_FORMAT = "j F Y"
FORMAT_MODULE_PATH = None

# -- mail --------------------------------------------------------------------------
globals().update(environment.mail("ETHICSDESK_MAIL"))
DEFAULT_FROM_EMAIL = environment.text("ETHICSDESK_MAIL_FROM", "ethicsdesk@localhost")
EMAIL_TIMEOUT = 10

# -- the broker carries hints; see design on what Celery may lose --------------------
REDIS_URL = environment.text("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # three times the hard limit of a task, so that none is handed out twice while it runs
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "health_check_interval": 25,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
SWEEP_EVERY = timedelta(seconds=5)
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": schedule(every), "options": {"expires": every.total_seconds()}}
    for name, task, every in [
        ("sweep", "escalation.tasks.sweep", SWEEP_EVERY),
        ("move-clocks", "escalation.tasks.move_clocks", timedelta(seconds=20)),
        ("load-holidays", "escalation.tasks.load_holidays", timedelta(hours=6)),
        ("deliver", "ledger.tasks.deliver", timedelta(seconds=5)),
        ("forget-told", "ledger.tasks.forget_told", timedelta(hours=1)),
        ("seal", "ledger.tasks.seal", timedelta(seconds=5)),
        ("attest", "safes.tasks.attest", timedelta(seconds=5)),
        ("fold", "audits.tasks.fold", timedelta(seconds=10)),
        ("produce", "audits.tasks.produce", timedelta(seconds=3)),
        ("see-to-campaigns", "policies.tasks.see_to_campaigns", timedelta(minutes=1)),
        ("expire-identities", "cases.tasks.expire_identities", timedelta(minutes=1)),
        ("find-names-due", "cases.tasks.find_names_due", timedelta(minutes=1)),
        ("enforce-walls", "cases.tasks.enforce_walls", timedelta(seconds=5)),
        ("see-to-open-work", "cases.tasks.see_to_open_work", timedelta(minutes=1)),
        ("expire-drafts", "cases.tasks.expire_drafts", timedelta(hours=1)),
        ("expire-loans", "cases.tasks.expire_loans", timedelta(minutes=1)),
        ("expire-bundles", "cases.tasks.expire_bundles", timedelta(hours=1)),
        ("erase", "retention.tasks.erase", timedelta(minutes=1)),
        ("sweep-orphans", "retention.tasks.sweep_orphans", timedelta(hours=6)),
        ("verify-ledger", "audits.tasks.verify", timedelta(seconds=10)),
        ("monthly-report", "audits.tasks.schedule_monthly", timedelta(hours=1)),
    ]
}
# the watchdog sweeps without Celery when the last heartbeat is older than this
HEARTBEAT_MAX_AGE = timedelta(seconds=30)

# -- reminders -------------------------------------------------------------------------
# for whoever did not choose: when the one mail of a day leaves, and between when nothing comes
REMINDERS_DAILY_AT = environment.clock_time("ETHICSDESK_REMINDERS_DAILY")
REMINDERS_QUIET = environment.hours("ETHICSDESK_QUIET_HOURS", "20:00-07:00")

# -- identities ------------------------------------------------------------------------
# for how many days at most a custodian can let somebody open a reporter's identity
IDENTITY_OPEN_DAYS = environment.number("ETHICSDESK_IDENTITY_DAYS", 7, least=1, most=31)

# -- figures -------------------------------------------------------------------------
# A closed month is released this long after its end; see audits.rules.
RELEASE_AFTER = timedelta(days=int(environment.text("ETHICSDESK_RELEASE_AFTER_DAYS", "30")))

# -- retention ----------------------------------------------------------------------
# what two people decided to erase can be stopped for so long
DISPOSAL_GRACE = timedelta(days=int(environment.text("ETHICSDESK_DISPOSAL_GRACE_DAYS", "14")))

# -- API ------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["people.api.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["people.api.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["people.api.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "ethicsdesk.openapi.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_PAGINATION_CLASS": "people.api.CursorPages",
    "EXCEPTION_HANDLER": "people.api.problem",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "EthicsDesk API",
    "DESCRIPTION": "File and follow concerns, read case metadata, clocks, figures and checkpoints.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVERS": [{"url": ORIGIN}],
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "ethicsdesk.openapi.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "Kind": "cases.lifecycle.Kind",
        "Mode": "cases.lifecycle.Mode",
        "Channel": "cases.lifecycle.Channel",
        "Level": "cases.lifecycle.Level",
        "Finding": "cases.lifecycle.Finding",
        "CaseStatus": "cases.lifecycle.CaseStatus",
        "ConcernStatus": "cases.lifecycle.ConcernStatus",
        "ClockState": "escalation.lifecycle.State",
        "Role": "people.rules.Role",
    },
}

# -- logs: on standard output, with no address, name or content -------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "common.logs.Terse"}},
    "filters": {"discreet": {"()": "common.logs.Discreet"}},
    "handlers": {
        "out": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["discreet"]}
    },
    "root": {"handlers": ["out"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "ethicsdesk": {"level": "INFO"},
    },
}
