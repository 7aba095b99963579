"""Settings of the hub, read from the environment; every default is the secure one.

What a hub must know from outside its database (its home, the log's origin, the authority's root) stands here,
so that nobody who can write to the database can change it.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
HUB_HOME = Path(env.str("HUB_HOME", default=str(BASE_DIR / "var"))).resolve()
DEMO = env.bool("HUB_DEMO", default=False)
KEYS_DIR = Path(env.str("KEYS_DIR", default=str(HUB_HOME / "keys")))
FILES_DIR = Path(env.str("FILES_DIR", default=str(HUB_HOME / "files")))
COPY_DIR = Path(env.str("COPY_DIR", default=str(HUB_HOME / "copy")))
TILES_DIR = Path(env.str("TILES_DIR", default=str(HUB_HOME / "log")))
# Accounts of departments' own databases, one file each, mode 0600 (docs/howto/connect_a_store.md).
STORE_CREDENTIALS_DIR = Path(env.str("STORE_CREDENTIALS_DIR", default=str(HUB_HOME / "store-credentials")))


def _kept(name: str, make: Any) -> str:
    """A value that is made once and kept in KEYS_DIR, readable by the hub's own account only."""
    path = KEYS_DIR / name
    if path.exists():
        return path.read_text("utf-8").strip()
    value = str(make())
    try:
        KEYS_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("x", encoding="utf-8") as file:
            path.chmod(0o600)
            file.write(value)
    except FileExistsError:
        return path.read_text("utf-8").strip()
    except OSError:
        return value
    return value


def _written(name: str) -> str:
    """A value that another step wrote into KEYS_DIR; empty while it has not."""
    path = KEYS_DIR / name
    return path.read_text("utf-8").strip() if path.exists() else ""


SECRET_KEY = env.str("SECRET_KEY", default="") or _kept("django_secret", lambda: secrets.token_urlsafe(48))
DEBUG = False
PUBLIC_URLS = [url.rstrip("/") for url in env.list("PUBLIC_URLS", default=["http://127.0.0.1:8000"])]
PUBLIC_IS_HTTPS = all(url.startswith("https://") for url in PUBLIC_URLS)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = PUBLIC_URLS

# The authority: what it is known by, from outside the database.
AUTHORITY_DEPARTMENT = env.str("AUTHORITY_DEPARTMENT", default="DATA")
JURISDICTION = env.str("JURISDICTION", default="cn")
# Which profile of the jurisdiction's time limits is in force (time_limits_<name>.yaml); empty: its own, time_limits.yaml.
TIME_LIMITS_PROFILE = env.str("TIME_LIMITS_PROFILE", default="")
JURISDICTION_DIR = Path(env.str("JURISDICTION_DIR", default=str(BASE_DIR / "exchange" / "jurisdictions" / JURISDICTION)))
LOG_ORIGIN = env.str("LOG_ORIGIN", default="") or _written("log_origin")
AUTHORITY_ROOT = env.str("AUTHORITY_ROOT", default="") or _written("authority-root.pub")
ALLOW_HUB_CUSTODY = env.bool("ALLOW_HUB_CUSTODY", default=DEMO)

ROOT_URLCONF = "exchange.urls"
WSGI_APPLICATION = "exchange.wsgi.application"
ASGI_APPLICATION = "exchange.asgi.application"

INSTALLED_APPS = [
    "exchange.portal",
    "exchange.demonstration",
    "exchange.oversight",
    "exchange.affairs",
    "exchange.delivery",
    "exchange.sharing",
    "exchange.accounts",
    "catalog",
    "audit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "exchange.privacy.PersonalAnswersAreNotStored",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "exchange.accounts.standing_in.StandingInMiddleware",
    "exchange.accounts.programs.acting.ProgramMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "exchange.problems.ProblemMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Databases -----------------------------------------------------------------------------------------------
# SQLite: writers queue at BEGIN IMMEDIATE, commits are on the disk before they are acknowledged.
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
    "PRAGMA cache_size=-32768;PRAGMA wal_autocheckpoint=4000;",  # KiB; pages: nonces are random, a small cache is read again and again
}


def _database(variable: str, file_name: str) -> dict[str, Any]:
    url = env.str(variable, default="")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(HUB_HOME / file_name),
            "OPTIONS": dict(_SQLITE_OPTIONS),
            "TEST": {"NAME": str(HUB_HOME / f"test-{file_name}")},
        }
    config: dict[str, Any] = environ.Env.db_url_config(url)
    if "sqlite" in config["ENGINE"]:
        config["OPTIONS"] = dict(_SQLITE_OPTIONS)
    else:
        config.setdefault("OPTIONS", {})["pool"] = env.bool("DATABASE_POOL", default=True)
    return config


DATABASES = {
    "default": _database("DATABASE_URL", "hub.sqlite3"),
    "keystore": _database("KEYSTORE_URL", "keystore.sqlite3"),
}
DATABASE_ROUTERS = ["audit.routing.KeyStoreRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
ANONYMOUS_USER_NAME = None
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "console"
CITIZEN_REDIRECT_URL = "me"  # for whoever plays no role in a department
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "exchange.accounts.adapter.InvitedOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # a person has no mail address here
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Sign-in providers (OpenID Connect): a JSON list of {id, title, issuer, client_id, secret, kind, identifier_claim, levels}.
OIDC_PROVIDERS = env.json("OIDC_PROVIDERS", default=[])
SOCIALACCOUNT_ADAPTER = "exchange.accounts.oidc.provider.FromTheSettings"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"provider_class": "exchange.accounts.oidc.provider.ProvedSignIn"}}
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "exchange.accounts.mfa.InlineDrawings"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Mianzheng"

# How messages leave the hub: dotted paths of adapters (exchange/accounts/adapters.py); without one they wait, and /status says so.
OUTBOX = {channel: env.str(f"OUTBOX_{channel}", default="") for channel in ("SMS", "MAIL", "WEBHOOK")}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SECURE_SSL_REDIRECT = PUBLIC_IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PUBLIC_IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # the button of a sign-in provider is a form of ours that is led on to the provider
        "form-action": [SELF, *("{0.scheme}://{0.netloc}".format(urlsplit(provider["issuer"])) for provider in OIDC_PROVIDERS)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Languages and time ---------------------------------------------------------------------------------------
USE_I18N = USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")

# --- Where the hub may call (protocol, section 8) -----------------------------------------------------------------
# Remote stores may be on this very machine: tests and demonstrations alone; `check --deploy` refuses it.
EGRESS_ALLOW_LOOPBACK = env.bool("EGRESS_ALLOW_LOOPBACK", default=False)
EGRESS_DENIED = env.list("EGRESS_DENIED", default=[])  # further addresses that are the hub's own
STORE_CA_FILE = env.str("STORE_CA_FILE", default="")  # who certifies departments' services; empty: the system's authorities
ERRANDS_IN_WEB = env.bool("ERRANDS_IN_WEB", default=True)  # False: `manage.py errands` asks, on a host of its own

# --- Files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HUB_HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
UPLOAD_LIMIT_BYTES = env.int("UPLOAD_LIMIT_BYTES", default=1 << 30)
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 << 20

# --- API ------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["exchange.accounts.programs.authentication.ProgramToken"]
    + ["exchange.accounts.authentication.SignedInSession"]
    + (["exchange.accounts.authentication.DemoPassword"] if DEMO else []),
    "DEFAULT_SCHEMA_CLASS": "exchange.accounts.openapi.Schema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "exchange.problems.api_exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Mianzheng management API",
    "DESCRIPTION": "Catalogue, sharing requests, agreements, citizen services and the public log of a government data exchange hub.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "WebhookStateEnum": "exchange.delivery.webhooks.lifecycle.WebhookState",
        "WebhookMessageStateEnum": "exchange.delivery.webhooks.lifecycle.MessageState",
        "PartStateEnum": "exchange.sharing.lifecycle.PartState",
        "ForeseenWayEnum": "exchange.sharing.foreseeing.Way",
        "InvitationWayEnum": "exchange.accounts.models.changes.Way",
        "RoleEnum": "exchange.accounts.models.Role",
        "KeyRequestStateEnum": "exchange.accounts.models.KeyRequestState",
        "KeyWishEnum": "exchange.accounts.models.KeyWish",
        "WishDecisionEnum": "exchange.sharing.models.Wish",
        "VerdictDecisionEnum": "exchange.sharing.api.reviewing_shapes.DECISIONS",
        "RefusalGroundEnum": "exchange.sharing.lifecycle.RefusalGround",
        "AgreementStateEnum": "exchange.sharing.lifecycle.AgreementState",
        "StandingOfferStateEnum": "exchange.sharing.lifecycle.OfferState",
        "StandingOfferKindEnum": "exchange.sharing.lifecycle.OfferKind",
        "OfferedMethodEnum": "exchange.sharing.offers.text.METHODS",
        "CorrectionStateEnum": "exchange.sharing.lifecycle.corrections.CorrectionState",
        "DisputeStateEnum": "exchange.sharing.lifecycle.disputes.DisputeState",
        "QuarrelEnum": "exchange.sharing.models.disputes.Quarrel",
        "LoadStateEnum": "catalog.lifecycle.LoadState",
        "PauseReasonEnum": "exchange.sharing.api.watched_shapes.PAUSE_REASONS",
        "CannotAnswerEnum": "exchange.delivery.officer.lifecycle.CannotAnswer",
        "CaseStateEnum": "exchange.affairs.lifecycle.CaseState",
        "EvidenceStateEnum": "exchange.affairs.lifecycle.EvidenceState",
        "ObjectionStateEnum": "exchange.affairs.lifecycle.ObjectionState",
        "OfferStateEnum": "exchange.affairs.offers.lifecycle.OfferState",
        "PaymentStateEnum": "exchange.affairs.licences.lifecycle.PaymentState",
        "LicenceStatusEnum": "exchange.affairs.licences.lifecycle.LicenceStatus",
        "CaseOutcomeEnum": "exchange.affairs.models.cases.Outcome",
        "BenefitOutcomeEnum": "exchange.affairs.api.shapes.OUTCOMES",
        "RequirementKindEnum": "exchange.affairs.api.shapes.KINDS",
        "GrantKindEnum": "exchange.affairs.api.shapes.GRANT_KINDS",
        "AlarmStateEnum": "exchange.oversight.lifecycle.AlarmState",
        "ReturnedBecauseEnum": "exchange.affairs.models.licences.PaymentOrder.Returned",
    },
}

# --- Work -----------------------------------------------------------------------------------------------------
BROKER_URL = env.str("BROKER_URL", default="filesystem://")

# --- Log of the program (never of persons) ----------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"licences": {"()": "exchange.privacy.LicencesAreNotLogged"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["licences"]}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
