"""Every setting of Galaxy with its default; `GALAXY_<NAME>` in the environment or `instance/config.py` override it."""

import os
import re
import secrets
import tokenize
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


class Default:
    """The settings. A value's type says how its environment variable is read."""

    DATABASE_URL: str = (
        ""  # empty: SQLite in the instance folder; postgresql+psycopg://user@host/name beyond one machine
    )
    MAIL_URL: str = ""  # empty: mails are kept in instance/mail/; smtp://user:password@host:587?tls=start or smtps://…
    MAIL_FROM: str = "Galaxy <no-reply@galaxy.example>"  # whom mails come from
    SITE_NAME: str = "Galaxy"  # what the site calls itself
    SITE_URL: str = ""  # where readers reach it, as https://galaxy.example.org; empty: as each request says
    HOSTS: str = ""  # more names by which it may be asked for, with spaces between; local ones and SITE_URL's need none
    SECURITY_CONTACT: str = ""  # where a weakness is reported, as mailto:security@example.org; opens security.txt
    SOURCE_URL: str = ""  # where readers find the source code of this installation, as the AGPL asks; in the footer
    LANGUAGES: str = "en fr"  # of the interface, the first is the fallback
    TIME_ZONE: str = "UTC"  # for readers who have not told theirs; in it the days of admins end
    LOG_LEVEL: str = (
        ""  # DEBUG, INFO, WARNING or ERROR; empty: INFO with a line for each request, WARNING in the demonstration
    )
    DEMO: bool = False  # the demonstration: its banner, its mail page, no second factor asked of admins
    DEMO_PASSWORD: str = ""  # empty: made once
    STYLEGUIDE: bool = False  # shows /styleguide, for developers
    HTTPS: bool = False  # cookies only over HTTPS, and HSTS; set it wherever there is a certificate
    PROXIES: int = 0  # how many proxies in front are trusted to tell the reader's address
    HOST: str = "127.0.0.1"  # where the web process listens; 0.0.0.0 for every network
    PORT: int = 8000  # `PORT` in the environment goes before it
    WEB_WORKERS: int = 2  # web processes
    WEB_THREADS: int = 4  # requests each of them answers at once
    JOB_THREADS: int = 2  # promised things the worker does at once
    JOB_LEASE_SECONDS: int = 300  # after which what a vanished worker had begun is begun again
    METRICS: bool = False  # opens /metrics to Prometheus; let no proxy pass it on

    UPLOAD_MAX_MB: int = 10  # one file
    UPLOAD_MAX_MEGAPIXELS: int = 40  # one image
    RECORDING_MAX_MB: int = 200  # one recording, video or sound; let the proxy pass as much
    FILES_PER_ENTRY: int = 20  # files on one entry
    REQUEST_MAX_MB: int = 12  # all that one request may send, beside a recording
    PAGE_SIZE: int = 20  # rows on one page of a list
    SHARED_CACHE_SECONDS: int = 10  # how long a cache in front may show a public page without asking again
    COUNTS_SECONDS: int = 60  # how long a web process tells the numbers of the home page before it counts again
    WEEKEND: str = "5 6"  # days on which admins, and bodies without a country, do not work; 0 is Monday
    DRAFTS_KEPT_DAYS: int = 365  # what was typed and never sent
    HELD_FORMS_KEPT_HOURS: int = 48  # what was sent with an expired sign-in
    SESSION_HOURS: int = 12  # away for longer: signed out
    SESSION_DAYS: int = 7  # signed out after that in any case
    SIGN_IN_AGAIN_MINUTES: int = 60  # how fresh a sign-in must be to change e-mail, password, second factor
    PASSWORD_MIN: int = 10  # letters in a password, at least
    CONFIRM_WITHIN_DAYS: int = 5  # how long the link that confirms an address is good
    RECOVER_WITHIN_HOURS: int = 2  # how long the link that sets a new password is good
    REGISTRATION_CONFIRM_HOURS: int = 48  # after which a guest's registration that was not confirmed is forgotten
    REGISTRATIONS_KEPT_DAYS: int = 365  # after a webinar, names and addresses of its guests
    DISK_MIN_MB: int = 100  # below it /readyz says no
    MEANING: bool = True  # whether entries are also found by what they mean, in whichever language they are written
    EMBEDDINGS_URL: str = ""  # an OpenAI-compatible server in place of the models of this machine: http://host:8080/v1
    EMBEDDINGS_MODEL: str = ""  # which of its models
    EMBEDDINGS_KEY: str = ""  # what it wants to be shown, if anything
    INDEX_LAG_MAX_SECONDS: int = 120  # a change that waits longer to be indexed makes /readyz say no
    MATCH_AFTER_SECONDS: int = 30  # how long what changed waits to be matched: the index goes first, floods gather
    ALERT_QUIET_SECONDS: int = (
        20  # for so long nothing more is found before a saved search mails at once: floods gather
    )
    MATCH_TELL_PERCENT: int = 60  # of what a match could fit: from there on it is strong, and both sides are told once
    MATCH_TELL_MOST: int = 3  # strong new matches told of one call in a week, the best ones

    LIMITS: bool = True  # whether to count how often an address asks
    LIMIT_SIGN_IN: str = "20/minute;100/hour"  # signing in, for one address
    LIMIT_ACCOUNT: str = "10/15 minutes;100/day"  # failing to sign in to one account, from wherever
    LIMIT_REGISTER: str = "10/hour"  # making an account, for one address
    LIMIT_RECOVER: str = "10/hour"  # asking for a new password, for one address
    LIMIT_MESSAGES: str = "20/hour"  # sending messages, for one address
    LIMIT_ACTS: str = "60/hour"  # acts in partnerships that bring others a mail, for one person
    LIMIT_REGISTRATIONS: str = "60/hour"  # registering for webinars, for one address or one member
    LIMIT_REGISTRATION_MAILS: str = "5/hour"  # letters to one guest who registers for one webinar again and again
    LIMIT_QUESTIONS: str = "40/hour"  # asking and answering questions of webinars, for one person
    LIMIT_VOTES: str = "600/hour"  # saying which questions one wants the answer to as well, for one person
    LIMIT_CHECK_INS: str = "10/hour"  # codes that are typed to say that one is at a webinar, for one registration
    LIMIT_PRINTS: str = "20/hour"  # certificates made as PDF, for one registration
    LIMIT_GUESSES: str = "30/hour"  # numbers of certificates that are none, for one address
    LIMIT_HELD: str = "30/hour"  # forms kept for who is signed out, for one address
    LIMIT_SEARCH: str = "600/minute"  # searching, for one address, behind which a whole ministry may be
    LIMIT_API: str = "3000/minute"  # asking the search as a program, for one address
    LIMIT_COMPLETE: str = "900/minute"  # help while typing into the search box, for one address
    LIMIT_GAP: str = "1/day"  # counting that one address sought one thing in vain
    LIMIT_GAPS: str = "60/hour"  # counting what one address sought in vain
    LIMIT_UPLOADS: str = "120/hour"  # sending files, for one address


def init_app(app: Flask) -> None:
    """Set `app.config` from the defaults, `instance/config.py`, the environment, what is set already; the last wins."""
    given_first = dict(app.config)
    values = {name: value for name, value in vars(Default).items() if name.isupper()}
    app.config.from_mapping(values)
    app.config.from_pyfile("config.py", silent=True)
    for name, default in values.items():
        if (given := os.environ.get(f"GALAXY_{name}")) is not None:
            app.config[name] = read(f"GALAXY_{name}", given, type(default))
    if given := os.environ.get("PORT"):
        app.config["PORT"] = read("PORT", given, int)
    app.config.update({name: value for name, value in given_first.items() if name in values})
    instance = Path(app.instance_path)
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    url = app.config["DATABASE_URL"] or f"sqlite:///{instance / 'galaxy.db'}"
    app.config["DATABASE_URL"] = re.sub("^postgres(ql)?://", "postgresql+psycopg://", url)
    app.config["SECRET_KEY"] = secret(instance, "secret-key")
    app.config["MAX_CONTENT_LENGTH"] = app.config["REQUEST_MAX_MB"] * 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 2 * 1024 * 1024
    app.config["SESSION_COOKIE_NAME"] = "__Host-galaxy" if app.config["HTTPS"] else "galaxy"
    app.config["SESSION_COOKIE_SECURE"] = app.config["HTTPS"]
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["PERMANENT_SESSION_LIFETIME"] = app.config["SESSION_HOURS"] * 3600
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]


def read(name: str, given: str, kind: type) -> str | int | bool:
    """Read an environment variable as the type of its default, or say which one is wrong."""
    if kind is bool:
        return given.strip().lower() in {"1", "true", "yes", "on"}
    if kind is int:
        try:
            return int(given)
        except ValueError:
            raise SystemExit(f"{name} must be a whole number, not {given!r}.") from None
    return given


def meanings() -> dict[str, str]:
    """Each setting and what it is for: the comment beside its default."""
    said: dict[str, str] = {}
    name = ""
    with Path(__file__).open("rb") as source:
        for token in tokenize.tokenize(source.readline):
            if token.type == tokenize.NAME and token.start[1] == 4 and token.string in vars(Default):
                name = token.string
                said[name] = ""
            elif token.type == tokenize.COMMENT and name:
                said[name] = f"{said[name]} {token.string.removeprefix('#').strip()}".strip()
            elif token.type == tokenize.DEDENT:
                name = ""
    return said


def unknown() -> set[str]:
    """Names in the environment that look like settings and are none: probably misspelt."""
    known = {f"GALAXY_{name}" for name in vars(Default)} | {"GALAXY_INSTANCE"}
    return {name for name in os.environ if name.startswith("GALAXY_") and name not in known}


def secret(instance: Path, name: str, size: int = 48) -> str:
    """A secret of this installation, made once and kept in the instance folder, readable by its owner alone."""
    file = instance / f"{name}.txt"
    draft = instance / f".{name}.{secrets.token_hex(4)}"
    if not file.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(size))
        try:
            os.link(draft, file)  # whoever is first wins, also when two processes start at once
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text().strip()
