"""What was read or worked out lately, kept for whoever asks the same again, as long as it is not too much."""

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Values by their keys, those that were asked for last: so many elements of arrays in all."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, key: K) -> bool:
        return key in self._held

    def get(self, key: K) -> V | None:
        """What is kept under a key."""
        with self._lock:
            if (found := self._held.get(key)) is None:
                return None
            self._held.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep this, of so many elements, and let go of what was not asked for the longest."""
        with self._lock:
            if key not in self._held:
                self._held[key] = value, size + 1
                self._size += size + 1
            while self._size > self._most:
                _, (_, size) = self._held.popitem(last=False)
                self._size -= size
