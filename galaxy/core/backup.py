"""Everything an installation keeps, in one file that can be put back."""

import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

LEFT_OUT = frozenset(
    {"index", "vectors", "jobs.db", "rates.db", "galaxy.db", "worker.lock"}
)  # made again by themselves


def write(instance: Path, target: Path) -> int:
    """Write the instance folder into a .tar.gz, readable by its owner alone; how many files it holds.

    The database is copied in one moment while Galaxy runs; files come after it, so that none it names is missing.
    """
    files = 0
    target.touch(mode=0o600, exist_ok=False)
    with tarfile.open(target, "w:gz", compresslevel=3) as archive, tempfile.TemporaryDirectory(dir=instance) as folder:
        if (instance / "galaxy.db").exists():
            copy = Path(folder) / "galaxy.db"
            with closing(sqlite3.connect(instance / "galaxy.db")) as connection:
                connection.execute("VACUUM INTO ?", (str(copy),))
            archive.add(copy, "galaxy.db")
            files += 1
        for path in sorted(instance.rglob("*")):
            inside = path.relative_to(instance)
            first = inside.parts[0]
            if path.is_file() and first != Path(folder).name and not any(first.startswith(name) for name in LEFT_OUT):
                archive.add(path, str(inside))
                files += 1
    return files
