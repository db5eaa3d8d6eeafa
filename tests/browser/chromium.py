"""A Chromium to test with: one that is there, or Debian's, installed where we are root."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--font-render-hinting=none",
]


def find(playwright: Playwright) -> str | None:
    """The path of a Chromium; installs one first where that is possible."""
    return there(playwright) or (install() and there(playwright)) or None


def there(playwright: Playwright) -> str | None:
    own = Path(playwright.chromium.executable_path)
    return next((path for name in NAMES if (path := shutil.which(name))), str(own) if own.exists() else None)


def install() -> bool:
    """Install Debian's, once for all test workers; whether it worked."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    with (Path(tempfile.gettempdir()) / "galaxy-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if any(shutil.which(name) for name in NAMES):
            return True
        quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "capture_output": True, "check": False}
        subprocess.run(["apt-get", "update", "-q"], timeout=300, **quiet)
        done = subprocess.run(
            ["apt-get", "install", "-qy", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
            timeout=600,
            **quiet,
        )
        return done.returncode == 0
