"""The stream of a backup: lines of JSON, compressed by gzip.

The first line is the header, the last the trailer, and each between is one document:
`{"collection": …, "document": …}`, the document as MongoDB's canonical Extended JSON (version 2).
The trailer counts the documents by collection and holds the SHA-256 of every byte before its line.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from pydantic import ValidationError

from app.documents.driver import from_extended_json, to_extended_json
from app.domain.values import EntityId, Value

FORMAT: Final = "wrkbelt-scheduler-backup"
VERSION = 1
MAX_LINE_BYTES = 256 * 1024 * 1024
"""A document of the largest size the database takes is shorter than that as Extended JSON."""


class BackupError(Exception):
    """The file is no backup that can be used; the message is one line."""


class BackedUpOrganization(Value):
    """An organization in a backup."""

    id: EntityId
    slug: str


class Header(Value):
    """What a backup says of itself: whose it is, when it began, and which migrations were made."""

    format: Literal["wrkbelt-scheduler-backup"] = FORMAT
    version: int = VERSION
    created_at: datetime
    is_whole: bool
    organizations: tuple[BackedUpOrganization, ...]
    migrations: tuple[str, ...]


class Trailer(Value):
    """How many documents of each collection there are, and what everything before comes to."""

    counts: dict[str, int]
    sha256: str


class Entry(NamedTuple):
    """A document of a backup, and the number of its line from 1."""

    line: int
    collection: str
    record: dict[str, Any]


class BackupWriter:
    """Writes the lines; `finish` ends the stream."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.counts: Counter[str] = Counter()

    def write_header(self, header: Header) -> None:
        self._write(header.model_dump_json())

    def write(self, collection: str, record: Mapping[str, Any]) -> None:
        """Write a document as it is stored."""
        name = json.dumps(collection)
        self._write(f'{{"collection":{name},"document":{to_extended_json(record)}}}')
        self.counts[collection] += 1

    def finish(self) -> Trailer:
        """Write the trailer and return it."""
        trailer = Trailer(counts=dict(self.counts), sha256=self._digest.hexdigest())
        self._write(trailer.model_dump_json())
        return trailer

    def _write(self, line: str) -> None:
        raw = line.encode() + b"\n"
        self._digest.update(raw)
        self._stream.write(raw)


@contextmanager
def writing(path: Path) -> Iterator[BackupWriter]:
    """Yield a writer of the file, which is there only once all of it is, for its owner only.

    Raises BackupError when the file exists, and OSError.
    """
    if path.exists():
        raise BackupError(f"{path} exists already")
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    # It holds customers' data and the secrets of organizations.
    fd = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as stream:
                yield BackupWriter(stream)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


class BackupReader:
    """Reads a backup from its beginning; `trailer` is known, and right, after the last entry."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._line = 0
        self.trailer: Trailer | None = None
        self.header = self._read_header()

    def entries(self) -> Iterator[Entry]:
        """Yield the documents; raises BackupError at whatever is wrong, the checksum at the end."""
        counts: Counter[str] = Counter()
        while True:
            sha256 = self._digest.hexdigest()
            raw = self._read_object(self._read_line())
            if "sha256" in raw:
                break
            entry = self._read_entry(raw)
            counts[entry.collection] += 1
            yield entry
        self.trailer = self._read_trailer(raw)
        if self.trailer.sha256 != sha256 or self.trailer.counts != counts:
            raise BackupError("the checksum is wrong: the file was changed or damaged")
        if self._stream.read(1):
            raise BackupError("something follows the end of the backup")

    def _read_header(self) -> Header:
        raw = self._read_object(self._read_line())
        if raw.get("format") != FORMAT:
            raise BackupError("it is not a backup of this server")
        version = raw.get("version")
        if not isinstance(version, int) or version > VERSION:
            raise BackupError(f"its format is {version!r}, newer than this version reads")
        try:
            return Header.model_validate(raw)
        except ValidationError:
            raise BackupError("its header is damaged") from None

    def _read_trailer(self, raw: dict[str, Any]) -> Trailer:
        try:
            return Trailer.model_validate(raw)
        except ValidationError:
            raise BackupError("its last line is damaged") from None

    def _read_entry(self, raw: dict[str, Any]) -> Entry:
        collection, document = raw.get("collection"), raw.get("document")
        if not isinstance(collection, str) or not isinstance(document, dict):
            raise BackupError(f"line {self._line} is no document")
        return Entry(self._line, collection, document)

    def _read_object(self, line: bytes) -> dict[str, Any]:
        try:
            raw = from_extended_json(line)
        except ValueError:
            raw = None
        if not isinstance(raw, dict):
            raise BackupError(f"line {self._line} is no object in Extended JSON")
        return raw

    def _read_line(self) -> bytes:
        self._line += 1
        try:
            line = self._stream.readline(MAX_LINE_BYTES)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise BackupError("it is cut short or damaged, or was not compressed by gzip") from None
        if not line.endswith(b"\n"):
            raise BackupError("it is cut short")
        self._digest.update(line)
        return line


@contextmanager
def reading(path: Path) -> Iterator[BackupReader]:
    """Yield a reader of the file; raises BackupError when it does not begin like a backup."""
    try:
        stream = gzip.open(path, "rb")  # noqa: SIM115 - closed below.
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}") from None
    with stream:
        yield BackupReader(stream)
