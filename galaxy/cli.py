"""Galaxy's commands: serve, worker, migrate and the like; and those of every room."""

import importlib.util
import json
import os
import pkgutil
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy import select

import galaxy
from galaxy.accounts.models import User
from galaxy.core import backup, config, jobs, schema
from galaxy.core.db import db
from galaxy.core.processes import Busy, Child, Family, check_port, take
from galaxy.pages import health
from galaxy.pages.demo import ANNOUNCED

READY_WITHIN = 60.0  # seconds until a part that is not ready is named
BUSY = 3

HELP = """Galaxy, where countries of the global South share what works.

Settings are environment variables GALAXY_…; `settings` lists them."""

EXIT_CODES = """\b
Exit codes:
  0  done
  1  not done; the last line says why
  2  the command was written wrongly
  3  the port or the instance folder is used by another process"""


class Taken(click.ClickException):
    """Another process has what this command needs."""

    exit_code = BUSY


def rooms() -> Iterator[click.Command]:
    """The commands at the top of each room's cli.py: those that no group there holds."""
    for room in sorted(pkgutil.iter_modules(galaxy.__path__), key=lambda module: module.name):
        if not room.ispkg or importlib.util.find_spec(f"galaxy.{room.name}.cli") is None:
            continue
        found = vars(importlib.import_module(f"galaxy.{room.name}.cli")).values()
        commands = {id(each): each for each in found if isinstance(each, click.Command)}
        held = {
            id(inner) for each in commands.values() if isinstance(each, click.Group) for inner in each.commands.values()
        }
        yield from (each for key, each in commands.items() if key not in held)


def say(words: str) -> None:
    """A line of progress, at once."""
    click.echo(f"· {words}")
    sys.stdout.flush()


@click.group("galaxy", help=HELP, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    context.obj = context.obj or ScriptInfo(create_app=galaxy.create_app)


@main.command()
@click.option("--web-only", is_flag=True, help="Leave the worker to another process.")
@click.pass_context
@with_appcontext
def serve(context: click.Context, web_only: bool) -> None:
    """Migrate, load the demonstration if GALAXY_DEMO is set, and serve web and worker until told to stop."""
    settings, instance = current_app.config, Path(current_app.instance_path)
    host, port = settings["HOST"], settings["PORT"]
    try:
        check_port(host, port)
        if not web_only:
            os.close(take(instance / "worker.lock"))
    except Busy as busy:
        raise Taken(str(busy)) from None
    say(f"instance: {instance}")
    context.invoke(migrate)
    if settings["DEMO"] and (demo := main.commands.get("demo")):
        say("demonstration: looking")
        context.invoke(demo)
    db.session.remove()  # hold no lock while the children work
    web = Child("web", _web(host, port))
    worker = Child("worker", [sys.executable, "-m", "galaxy", "worker"], stop_signal=signal.SIGINT, lasting=True)
    family = Family([web] if web_only else [web, worker], galaxy.ROOT, _settings_of(instance))
    address = f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}/"  # noqa: S104  # read, not listened on
    say(f"processes: starting web{'' if web_only else ' and worker'}")
    code = family.run(say, _announce(address))
    say("stopped")
    context.exit(code)


def _settings_of(instance: Path) -> dict[str, str]:
    """The environment of web and worker. Each answers several at once: sums of one question need no threads besides."""
    return {"OPENBLAS_NUM_THREADS": "1"} | os.environ | {"GALAXY_INSTANCE": str(instance)}


def _web(host: str, port: int) -> list[str]:
    """The command that serves pages: gunicorn with threads."""
    options = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "worker-class": "gthread",
        "workers": current_app.config["WEB_WORKERS"],
        "threads": current_app.config["WEB_THREADS"],
        "timeout": 60,
        "graceful-timeout": 5,
        "keep-alive": 5,
        "log-level": "warning",
    }
    if Path("/dev/shm").is_dir():  # noqa: S108  # where gunicorn's workers show that they live, without a disk
        options["worker-tmp-dir"] = "/dev/shm"  # noqa: S108
    given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return [sys.executable, "-m", "gunicorn", *given, "--no-control-socket", "wsgi:app"]


def _announce(address: str) -> Callable[[], None]:
    """At each tick until all is ready: ask, and say once where Galaxy is; in time, name what is not ready."""
    started, asked, done = time.monotonic(), 0.0, False
    shown = False

    def ask() -> None:
        nonlocal asked, done, shown
        if done or time.monotonic() - asked < 0.25:
            return
        asked = time.monotonic()
        if not shown and _get(address + "healthz"):
            shown = True
            _welcome(address)
        if shown and (parts := _get(address + "readyz")):
            missing = [f"{name} ({part['why']})" for name, part in parts.items() if not part["ok"]]
            if not missing:
                done = True
                say(f"ready: {', '.join(parts)}")
            elif asked - started > READY_WITHIN:
                done = True
                say(f"not ready: {', '.join(missing)}")

    return ask


def _get(address: str) -> dict[str, Any]:
    """What a health page says; nothing where nobody answers yet."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # our own address
            return dict(json.load(answer))
    except urllib.error.HTTPError as refused:
        with refused:
            return dict(json.load(refused)) if refused.code == health.NOT_READY else {}
    except (OSError, ValueError):
        return {}


def _welcome(address: str) -> None:
    click.echo(f"\n  Galaxy is at {address}  (Ctrl-C stops it)\n")
    password = _demo_password()
    for email in _demo_accounts() if password else ():
        click.echo(f"  {email:30} password: {password}")
    if password:
        click.echo("  The other side of a talk signs in as focal.uga, focal.cub, focal.bra… with the same password.")
    click.echo("")
    sys.stdout.flush()


def _demo_accounts() -> list[str]:
    """Who may sign in to the demonstration; nobody outside it."""
    if not current_app.config["DEMO"]:
        return []
    there = select(User.email).where(User.demo, User.active, User.email.in_(ANNOUNCED)).order_by(User.id)
    emails = list(db.session.scalars(there))
    db.session.rollback()
    return emails


def _demo_password() -> str:
    file = Path(current_app.instance_path) / "demo-password.txt"
    return current_app.config["DEMO_PASSWORD"] or (file.read_text().strip() if file.exists() else "")


@main.command()
@click.pass_obj
def worker(info: ScriptInfo) -> None:
    """Do what was promised: mail, indexing, reminders, clean-up. One to an instance folder."""
    app = info.load_app()
    try:
        take(Path(app.instance_path) / "worker.lock")
    except Busy as busy:
        raise Taken(str(busy)) from None
    jobs.serve(app)


@main.command()
@with_appcontext
def migrate() -> None:
    """Bring the tables to the newest form. The SQLite database is copied to instance/backups first."""
    before, newest = schema.revision(), schema.newest()
    if before != newest:
        if before is not None and current_app.config["DATABASE_URL"].startswith("sqlite"):
            say(f"database: copied to {_backup(f'before-{newest}')}")
        say(f"database: from {before or 'nothing'} to {newest}")
    schema.upgrade()
    say("database: up to date")


@main.command("backup")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False), required=False)
@with_appcontext
def back_up(target: Path | None) -> None:
    """Write the instance folder into a .tar.gz, while Galaxy runs. PostgreSQL's rows are not in it: use pg_dump."""
    click.echo(_backup("backup", target))


def _backup(name: str, target: Path | None = None) -> Path:
    instance = Path(current_app.instance_path)
    if target is None:
        (instance / "backups").mkdir(mode=0o700, exist_ok=True)
        target = instance / "backups" / f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz"
    if target.exists():
        raise click.ClickException(f"{target} is there already; nothing was written.")
    backup.write(instance, target)
    return target


@main.command()
@with_appcontext
def status() -> None:
    """Say of each part whether it is ready; the exit code is 1 when one is not."""
    parts = health.parts()
    for name, part in parts.items():
        click.echo(f"{name}: {'ready' if part['ok'] else 'not ready: ' + part['why']}")
    sys.exit(0 if all(part["ok"] for part in parts.values()) else 1)


@main.command()
@with_appcontext
def settings() -> None:
    """List every setting, its value here, and what it is for."""
    for name, meaning in config.meanings().items():
        value = current_app.config[name]
        hidden = value and any(word in name for word in ("PASSWORD", "SECRET", "_URL", "_KEY")) and name != "SITE_URL"
        click.echo(f"GALAXY_{name}={'…' if hidden else value}\n    {meaning}")
    for name in sorted(config.unknown()):
        click.echo(f"{name} is set and is no setting of Galaxy.", err=True)


for command in rooms():
    main.add_command(command)
