"""Make what a clone lacks: the environment in .venv, the locked packages in it, and the compiled translations.

`python3 bootstrap.py run` installs what Galaxy needs to run, `python3 bootstrap.py test` what its tests need as well.
It uses Python's own library alone, does nothing the second time, and two of it at once wait for each other.
"""

import fcntl
import hashlib
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": ["requirements.txt"], "test": ["requirements-dev.txt", "requirements.txt"]}
WELCOME = "requirements-semantic.txt"  # installed where this machine can have it
NO_VENV = """Python's `venv` is missing here, and pip could not be fetched in its place.
On Debian or Ubuntu:  sudo apt install python3-venv
Then run the same command again."""


def main(purpose: str) -> None:
    """Set up for `run` or for `test`."""
    if sys.version_info < (3, 11):  # noqa: UP036  # this file alone is run by whatever Python there is
        sys.exit(f"Galaxy needs Python 3.11 or newer; this is {sys.version.split()[0]}. Say which: make PYTHON=…")
    with (ROOT / "bootstrap.py").open() as own:
        fcntl.flock(own, fcntl.LOCK_EX)
        lock = LOCKS[purpose][0]
        if not installed(lock):
            make_environment()
            install(lock)
            for each in LOCKS[purpose]:
                stamp(each).write_text(digest(each))
        if not installed(WELCOME):
            install_if_it_fits(WELCOME)
        compile_translations()


def say(words: str) -> None:
    """A line of progress."""
    sys.stdout.write(f"· {words}\n")
    sys.stdout.flush()


def digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def stamp(lock: str) -> Path:
    """The file that remembers which version of a lock file is installed."""
    return VENV / f".installed-{lock}"


def installed(lock: str) -> bool:
    return works() and stamp(lock).exists() and stamp(lock).read_text() == digest(lock)


def works() -> bool:
    """Whether there is an environment whose Python starts."""
    return PYTHON.exists() and run(PYTHON, "-c", "") == 0


def run(*command: str | Path, **options: object) -> int:
    """Run a command quietly where it is only asked a question; its exit code."""
    environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    done = subprocess.run([str(part) for part in command], env=environment, check=False, **options)  # type: ignore[call-overload]  # noqa: S603
    return int(done.returncode)


def make_environment() -> None:
    """Make .venv: by uv where it is installed, else by Python's venv, else by venv and a pip fetched by hash."""
    if works():
        return
    say(f"environment: making .venv with Python {sys.version.split()[0]}")
    if VENV.exists() and not VENV.is_symlink():
        shutil.rmtree(VENV)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if shutil.which("uv") and run("uv", "venv", "--quiet", "--python", sys.executable, VENV, **quiet) == 0:
        return
    if run(sys.executable, "-m", "venv", VENV, **quiet) == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if run(sys.executable, "-m", "venv", "--without-pip", VENV, **quiet) != 0 or not fetch_pip():
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(NO_VENV)


def fetch_pip() -> bool:
    """Put the pip of requirements-uv.txt into .venv where Debian's Python has none; its hash is checked."""
    text = (ROOT / "requirements-uv.txt").read_text()
    pinned = re.search(r"^pip==(\S+) \\\n((?:\s+--hash=sha256:\w+(?: \\)?\n?)+)", text, re.MULTILINE)
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    try:
        with urllib.request.urlopen(index, timeout=30) as page:  # noqa: S310  # the index pip itself would use
            links = re.findall(r'href="([^"]+)"', page.read().decode())
        wheel = f"pip-{pinned[1]}-py3-none-any.whl"  # type: ignore[index]  # a lock without pip is a broken clone
        link = next(html.unescape(link) for link in links if wheel in link)
        with urllib.request.urlopen(urllib.parse.urljoin(index, link), timeout=120) as file:  # noqa: S310
            content = file.read()
    except (OSError, StopIteration):
        return False
    if hashlib.sha256(content).hexdigest() not in pinned[2]:  # type: ignore[index]
        sys.exit("The pip that was fetched is not the one that requirements-uv.txt names; nothing was installed.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / wheel
        path.write_bytes(content)
        return run(PYTHON, path / "pip", "install", "--quiet", "--no-index", path) == 0


def install(lock: str) -> None:
    """Install exactly the locked packages, each checked by its hash: by uv, or by pip where uv cannot do it."""
    started = time.monotonic()
    wanted = ("--quiet", "--require-hashes", "-r", ROOT / lock)
    uv = shutil.which("uv") or fetch_uv()
    say(f"packages: installing {lock}")
    if not uv or run(uv, "pip", "install", "--python", PYTHON, "--compile-bytecode", *wanted) != 0:
        say("packages: installing with pip, which takes longer")
        if run(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *wanted) != 0:
            sys.exit(f"The packages of {lock} could not be installed; the lines above say why. Is there a network?")
    say(f"packages: installed in {time.monotonic() - started:.0f} s")


def install_if_it_fits(lock: str) -> None:
    """Install what is welcome and not needed, from wheels only; whether it could be done is not asked again."""
    started = time.monotonic()
    say(f"packages: installing {lock}, where they fit this machine")
    wanted = ("--quiet", "--only-binary", ":all:", "--require-hashes", "-r", ROOT / lock)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    uv = shutil.which("uv") or VENV / "bin" / "uv"
    done = (
        Path(uv).exists() and run(uv, "pip", "install", "--python", PYTHON, "--compile-bytecode", *wanted, **quiet) == 0
    )
    if not done:
        done = run(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *wanted, **quiet) == 0
    told = f"installed in {time.monotonic() - started:.0f} s" if done else "not to be had here; Galaxy works without"
    say(f"packages: {told}")
    stamp(lock).write_text(digest(lock))


def fetch_uv() -> str | None:
    """The pinned uv inside .venv, or nothing on a machine it is not made for."""
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        say("packages: fetching uv")
        pip = (PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps")
        wanted = ("--only-binary", ":all:", "--require-hashes", "-r", ROOT / "requirements-uv.txt")
        if run(*pip, *wanted) != 0:
            return None
    return str(uv)


def compile_translations() -> None:
    """Make each .mo that is missing or older than its .po."""
    for words in sorted((ROOT / "galaxy" / "translations").glob("*/LC_MESSAGES/*.po")):
        compiled = words.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < words.stat().st_mtime:
            say(f"translations: compiling {words.parent.parent.name}")
            if run(VENV / "bin" / "pybabel", "-q", "compile", "-i", words, "-o", compiled) != 0:
                sys.exit(f"{words.relative_to(ROOT)} cannot be compiled; the lines above say why.")


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["test"]):
        sys.exit(__doc__)
    main(sys.argv[1])
