"""The beginning of a file, read in order and never beyond a bound; keeps the digest of what was read."""

from __future__ import annotations

import hashlib
from typing import Protocol

_CHUNK = 1 << 20


class Malformed(ValueError):
    """A header that contradicts itself or the file; the message says how."""


class TooLarge(ValueError):
    """A header larger than any real one; the message says how large."""


class Readable(Protocol):
    """Gives the next bytes, at most `count` of them; none at the end."""

    def read(self, count: int, /) -> bytes: ...


class Range:
    """The first `cap` bytes of a file of `size` bytes. `position` counts what was read, `digest` is over exactly that."""

    def __init__(self, stream: Readable, size: int, cap: int) -> None:
        self._stream, self.size, self._cap = stream, size, cap
        self._buffer, self._at = b"", 0
        self._digest = hashlib.sha256()
        self.position = 0

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes read."""
        return self._digest.hexdigest()

    def take(self, count: int) -> bytes:
        """The next `count` bytes. Malformed when the file ends before them, TooLarge when they end beyond the cap."""
        self._expect(count)
        end = self._at + count
        if end > len(self._buffer):
            self._fill(end - len(self._buffer))
            end = self._at + count
        taken = self._buffer[self._at : end]
        if len(taken) != count:
            raise Malformed("the file ends within its header")
        self._at, self.position = end, self.position + count
        self._digest.update(taken)
        return taken

    def skip(self, count: int) -> None:
        """Passes over `count` bytes, which count towards digest and cap, without holding them."""
        self._expect(count)
        while count > 0:
            step = min(count, _CHUNK)
            self.take(step)
            count -= step

    def _expect(self, count: int) -> None:
        if count < 0 or self.position + count > self.size:
            raise Malformed(f"the header names {count:,} more bytes, the file has {self.size - self.position:,}")
        if self.position + count > self._cap:
            raise TooLarge(f"the header is larger than {self._cap:,} bytes")

    def _fill(self, missing: int) -> None:
        """Reads ahead, so that the many small values of a header do not cost a call each."""
        left = [self._buffer[self._at :]]
        wanted = max(missing, 1 << 16)
        while wanted > 0 and (block := self._stream.read(min(wanted, _CHUNK))):
            left.append(block)
            wanted -= len(block)
        self._buffer, self._at = b"".join(left), 0
