"""Reads the folder of a store by docs/index-format.md alone, with nothing but Python's standard library.

Prints one line of JSON: the documents in their order, each with its id and time, and the names of the commits. Ends with an
error if anything contradicts the page.
"""

import json
import os
import struct
import sys

import frozen_reader
from frozen_reader import P64, SECRET, avalanche, fold, u32, u64, xxh3

MASK = (1 << 64) - 1
MARKS, RECORDS = (4096, 8192), 12288


def seeded(data, seed):
    """XXH3 with 64 bits and a seed, of 4 to 8 or of 17 to 32 bytes."""
    n = len(data)
    if n <= 8:
        seed ^= int.from_bytes((seed & 0xFFFFFFFF).to_bytes(4, "big"), "little") << 32
        keyed = u32(data, n - 4) + (u32(data) << 32) ^ ((u64(SECRET, 8) ^ u64(SECRET, 16)) - seed) & MASK
        rotated = lambda r: (keyed << r | keyed >> (64 - r)) & MASK
        h = (keyed ^ rotated(49) ^ rotated(24)) * 0x9FB21C651E98DF25 & MASK
        h = (h ^ (h >> 35) + n) * 0x9FB21C651E98DF25 & MASK
        return h ^ h >> 28
    word = lambda at, secret, sign: u64(data, at) ^ (u64(SECRET, secret) + sign * seed) & MASK
    mixed = lambda at, secret: fold(word(at, secret, 1), word(at + 8, secret + 8, -1))
    return avalanche((n * P64[0] + mixed(0, 0) + mixed(n - 16, 16)) & MASK)


class Reader:
    """Bytes that are taken from the front."""

    def __init__(self, data):
        self.data = data

    def take(self, count):
        assert count <= len(self.data), "it is cut"
        part, self.data = self.data[:count], self.data[count:]
        return part

    def u32(self):
        return u32(self.take(4))

    def u64(self):
        return u64(self.take(8))

    def text(self):
        return self.take(self.u64()).decode()


def read_manifest(data):
    assert data[:16] == b"twinpman" + struct.pack("<Q", 1) and u64(data, len(data) - 8) == xxh3(data[:-8])
    rest = Reader(data[16:-8])
    store, _, log, _, _ = rest.take(16), rest.u64(), rest.u64(), rest.u64(), rest.u64()
    _, _, _, count, _, _ = rest.u32(), rest.u32(), rest.u32(), rest.u32(), rest.u64(), rest.text()
    segments = []
    for _ in range(count):
        number, documents, removed = rest.u64(), rest.u64(), rest.u64()
        segments.append((number, documents, {rest.u32() for _ in range(removed)}))
    names = [rest.text() for _ in range(rest.u64())]
    assert not rest.data
    return store, log, segments, names


def read_log(data, store, log):
    """Returns the contents of the records."""
    check = u64(data, 40)
    assert data[:16] == b"twinplog" + struct.pack("<Q", 2) and data[16:32] == store and u64(data, 32) == log
    assert check == xxh3(data[:40]) and len(data) >= RECORDS
    marks = [u64(data, at) for at in MARKS if seeded(data[at : at + 8], check) == u64(data, at + 8)]
    head = lambda at: at + 32 <= len(data) and seeded(data[at : at + 24], check) == u64(data, at + 24)
    contents, end = [], RECORDS
    while head(end) and end + 32 + u64(data, end) <= len(data) and u64(data, end + 8) == len(contents):
        content = data[end + 32 : end + 32 + u64(data, end)]
        if xxh3(content) != u64(data, end + 16):
            break
        contents.append(content)
        end += 32 + len(content)
    assert len(contents) >= max(marks, default=0), "a commit that was marked is not there"
    later = [at for at in range(end + 1, len(data)) if head(at) and u64(data, at + 8) >= len(contents)]
    assert not later, "a commit is not there, and a later one is"
    return contents, marks


def read_store(folder):
    load = lambda name: open(os.path.join(folder, name), "rb").read()
    store, log, segments, names = read_manifest(load("MANIFEST"))
    documents = {}

    def add(data, removed):
        held, _ = frozen_reader.read(data)
        assert data[-80:-64] == store, "it belongs to another store"
        for row, (name, time) in enumerate(zip(held["ids"], held["times"])):
            if row not in removed:
                # One that is replaced counts as added last.
                documents.pop(name, None)
                documents[name] = time
        return len(held["ids"])

    for number, count, removed in segments:
        assert add(load(f"{number:08}.segment"), removed) == count
    contents, marks = read_log(load(f"{log:08}.log"), store, log)
    for content in contents:
        rest = Reader(content)
        before = rest.u64()
        for name in [name for name, time in documents.items() if time < before]:
            del documents[name]
        for _ in range(rest.u64()):
            documents.pop(rest.text(), None)
        names += filter(None, [rest.text()])
        if rest.data:
            add(rest.data, set())
    return {"documents": list(documents.items()), "names": names, "marks": marks}


if __name__ == "__main__":
    print(json.dumps(read_store(sys.argv[1])))
