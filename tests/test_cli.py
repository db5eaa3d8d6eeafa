"""The commands say what they do, do it, and tell by their exit code how it went."""

import os
import socket
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from galaxy import ROOT, cli


def galaxy(*words: str, instance: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an admin types it."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("GALAXY_")}
    settings["PYTHONWARNINGS"] = "ignore::SyntaxWarning"  # of Whoosh, on machines that may not keep bytecode
    return subprocess.run(
        [sys.executable, "-m", "galaxy", *words],
        cwd=ROOT,
        env=settings | {"GALAXY_INSTANCE": str(instance)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def commands(group, path=()):
    for name, command in sorted(group.commands.items()):
        yield (*path, name), command
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize(
    ("path", "command"), list(commands(cli.main)), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_has_help(path, command):
    assert command.help, f"`{' '.join(path)}` does not say what it does: give its function a docstring."


def test_migrate_backs_up_before_it_changes_and_backup_holds_everything(tmp_path):
    instance = tmp_path / "instance"
    assert galaxy("migrate", instance=instance).returncode == 0
    with closing(sqlite3.connect(instance / "galaxy.db", isolation_level=None)) as database:
        database.execute("INSERT INTO heartbeat (name, seen_at) VALUES ('test', '2026-01-01')")
    (instance / "files" / "ab").mkdir(parents=True)
    (instance / "files" / "ab" / "abcd").write_bytes(b"a file")

    made = galaxy("backup", str(tmp_path / "all.tar.gz"), instance=instance)
    again = galaxy("backup", str(tmp_path / "all.tar.gz"), instance=instance)

    assert (made.returncode, made.stdout) == (0, f"{tmp_path / 'all.tar.gz'}\n")
    assert again.returncode == 1
    with tarfile.open(tmp_path / "all.tar.gz") as archive:
        archive.extractall(tmp_path / "restored", filter="data")
    restored = tmp_path / "restored"
    names = sorted(str(path.relative_to(restored)) for path in restored.rglob("*") if path.is_file())
    secrets = ["password-salt.txt", "secret-key.txt", "totp-secret.txt"]
    assert names == sorted(["files/ab/abcd", "galaxy.db", *secrets])
    with closing(sqlite3.connect(restored / "galaxy.db")) as database:
        assert database.execute("SELECT name FROM heartbeat").fetchall() == [("test",)]
    assert (tmp_path / "all.tar.gz").stat().st_mode & 0o777 == 0o600


def test_status_names_what_is_not_ready(tmp_path):
    galaxy("migrate", instance=tmp_path)
    galaxy("search", "rebuild", instance=tmp_path)

    said = galaxy("status", instance=tmp_path)

    assert said.returncode == 1
    assert said.stdout.splitlines() == [
        "database: ready",
        "index: ready",
        "worker: not ready: no worker has been heard of lately",
        "disk: ready",
    ]


def test_a_port_in_use_is_said_with_what_to_do(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        said = galaxy("serve", instance=tmp_path, PORT=str(port))

    assert said.returncode == 3
    assert said.stderr == (
        f"Error: Port {port} cannot be used (Address already in use)."
        f" Choose another, for example: PORT={port + 1} make run\n"
    )


def test_a_setting_that_is_no_number_is_said(tmp_path):
    said = galaxy("status", instance=tmp_path, GALAXY_PAGE_SIZE="many")

    assert (said.returncode, said.stderr) == (1, "GALAXY_PAGE_SIZE must be a whole number, not 'many'.\n")


def test_the_port_in_the_environment_is_that_of_every_address(tmp_path):
    said = galaxy("settings", instance=tmp_path, GALAXY_PORT="8001", PORT="8002")

    assert "GALAXY_PORT=8002" in said.stdout.splitlines()


def test_settings_hides_secrets_and_names_what_is_misspelt(tmp_path):
    said = galaxy("settings", instance=tmp_path, GALAXY_DEMO_PASSWORD="hush", GALAXY_PAGE_SISE="5")

    assert "GALAXY_DEMO_PASSWORD=…" in said.stdout.splitlines()
    assert "hush" not in said.stdout
    assert said.stderr == "GALAXY_PAGE_SISE is set and is no setting of Galaxy.\n"
