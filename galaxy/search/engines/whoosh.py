"""The embedded engine: Whoosh 2.7.4 keeps the index whole; our own arrays are written into it and read from it.

The folder holds one index in a folder of its own, named in the file `current`; a rebuild makes another beside it and
then changes that name. Whoosh's commits are atomic (killed at any moment, the index is the old or the new one), but not
forced to the disk: after a power cut the database can make it again. An index is unpickled when opened, so it is code:
it must never come from anywhere but this instance.
"""

import fcntl
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, EmptyIndexError, FileIndex, LockError

from galaxy.search import text
from galaxy.search.engines import Document, IndexBroken, IndexBusy, IndexMissing, State
from galaxy.search.engines.generations import Generation
from galaxy.search.engines.ranking import Ranking
from galaxy.search.engines.reading import Reading, T
from galaxy.search.engines.segments import Segment
from galaxy.search.engines.writing import Writer, schema

LAYOUT = f"8 {text.ANALYSIS}"
"""What the index was made by; stands beside it in `analysis`."""
WAIT_FOR_LOCK, PATIENCE = 10.0, 9


class WhooshEngine(Reading[Generation]):
    """An index in a folder. One generation is held for the whole process and replaced when there is a newer one."""

    name = "whoosh"
    memory = 64
    """How many megabytes a commit may take; a rebuild twice that."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self._named = folder / "current"

    # What is written

    def index(self, documents: Iterable[Document]) -> None:
        """Put these in, in place of what was there under the same ids."""
        by_id = {document.id: document for document in documents}
        self._write(by_id.keys(), by_id.values())

    def delete(self, ids: Collection[int]) -> None:
        """Take these out."""
        self._write(ids, ())

    def rebuild(self, batches: Iterable[Sequence[Document]]) -> None:
        """Make the whole index again in a new folder, then let `current` name that one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._only_rebuild():
            made = self.folder / f"whoosh-{time.time_ns()}"
            made.mkdir()
            try:
                self._fill(made, batches)
                named = self.folder / "current.new"
                named.write_text(made.name, encoding="ascii")
                named.replace(self._named)
            except BaseException:
                shutil.rmtree(made, ignore_errors=True)
                raise
            self._forget_older(made)
        self._looked = float("-inf")

    def tidy(self) -> None:
        """Merge all segments into one: less disk, and deleted entries leave it for good."""
        self._writer(self._current()).commit(optimize=True)
        self._looked = float("-inf")

    def _write(self, gone: Collection[int], documents: Iterable[Document]) -> None:
        writer = self._writer(self._current())
        try:
            # The lock is ours from here, so the documents' numbers stay what they are until the commit.
            for number in self._look(now=True).numbers_of(gone).tolist():
                writer.delete_document(number)
            for document in documents:
                writer.add(document)
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
        self._looked = float("-inf")

    def _writer(self, folder: Path) -> Writer:
        try:
            whole = _patiently(lambda: FileIndex(FileStorage(str(folder)), schema=schema()))
            return Writer(whole, self.memory, timeout=WAIT_FOR_LOCK, delay=0.05)
        except LockError as busy:
            raise IndexBusy("another process is writing the index") from busy
        except Exception as broken:  # what Whoosh meets in a damaged folder can be anything
            raise IndexBroken(f"the index cannot be written: {broken!r}") from broken

    def _fill(self, folder: Path, batches: Iterable[Sequence[Document]]) -> None:
        whole = FileIndex.create(FileStorage(str(folder)), schema(), "MAIN")
        writer = Writer(whole, 2 * self.memory)
        try:
            for batch in batches:
                for document in batch:
                    writer.add(document)
        except BaseException:
            writer.cancel()
            raise
        writer.commit(merge=False)
        (folder / "analysis").write_text(LAYOUT, encoding="ascii")

    @contextmanager
    def _only_rebuild(self) -> Iterator[None]:
        with (self.folder / "rebuild.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as busy:
                raise IndexBusy("the index is being made again already") from busy
            yield

    def _forget_older(self, kept: Path) -> None:
        for other in self.folder.glob("whoosh-*"):
            if other != kept:
                shutil.rmtree(other, ignore_errors=True)

    # What is read

    def _ask(self, question: Callable[[Ranking[Generation]], T]) -> T:
        with _whole():
            return question(self._look())

    def _beginning(self, prefix: str, limit: int) -> dict[str, int]:
        times: dict[str, int] = {}
        for segment in self._segments():
            for word, often in segment.vocabulary.beginning(prefix, 4 * limit).items():
                times[word] = times.get(word, 0) + often
        return times

    def _near(self, word: str, slips: int) -> dict[str, int]:
        near: dict[str, int] = {}
        for segment in self._segments():
            for other, often in segment.vocabulary.near(word, slips).items():
                near[other] = near.get(other, 0) + often
        return near

    def _segments(self) -> Iterator[Segment]:
        with _whole():
            yield from self._look().corpus.segments

    def state(self) -> State:
        """How the index is."""
        with _whole():
            held = self._look(now=True)
            files = [file.stat().st_size for file in self._current().iterdir() if file.is_file()]
            return State(self.name, held.corpus.name, held.documents, len(held.corpus.segments), sum(files), LAYOUT)

    def _current(self) -> Path:
        """The folder that `current` names."""
        named = ""
        while named != (named := self._name()):  # a rebuild takes the older folder away once it has named its own
            try:
                if (self.folder / named / "analysis").read_text(encoding="ascii") == LAYOUT:
                    return self.folder / named
            except (OSError, ValueError):
                continue
            raise IndexBroken("the index was made by another analysis")
        raise IndexMissing("there is no index")

    def _name(self) -> str:
        try:
            return Path(self._named.read_text(encoding="ascii").strip()).name
        except (OSError, ValueError) as missing:
            raise IndexMissing("there is no index") from missing

    def _stamped(self) -> int:
        """When `current` was last written, in nanoseconds."""
        try:
            return self._named.stat().st_mtime_ns
        except OSError as missing:
            raise IndexMissing("there is no index") from missing

    def _newest(self, held: Ranking[Generation] | None) -> Ranking[Generation]:
        return _patiently(lambda: self._opened(held))

    def _opened(self, held: Ranking[Generation] | None) -> Ranking[Generation]:
        folder = self._current()
        storage = FileStorage(str(folder))
        name = f"{folder.name}/{TOC._latest_generation(storage, 'MAIN')}"
        return held if held is not None and held.corpus.name == name else _open(folder, storage, held)


def _patiently(opened: Callable[[], T]) -> T:
    """What is opened; again where a commit or a rebuild took files away after their names were read."""
    for _ in range(PATIENCE):
        try:
            return opened()
        except (FileNotFoundError, EmptyIndexError):
            time.sleep(0.05)
    return opened()


def _open(folder: Path, storage: FileStorage, held: Ranking[Generation] | None) -> Ranking[Generation]:
    contents = TOC.read(storage, "MAIN", schema=schema())
    known = {segment.id: segment for segment in held.corpus.segments} if held is not None else {}
    segments = [known.get(s.segment_id()) or Segment(folder, storage, s) for s in contents.segments]
    deleted = [list(segment.deleted_docs()) for segment in contents.segments]
    return Ranking(Generation(f"{folder.name}/{contents.generation}", segments, deleted))


@contextmanager
def _whole() -> Iterator[None]:
    """A damaged index can fail in any way; all of them mean that it must be made again."""
    try:
        yield
    except (IndexBroken, IndexBusy):
        raise
    except Exception as broken:
        raise IndexBroken(f"the index cannot be read: {broken!r}") from broken
