"""Reads a frozen index by docs/index-format.md alone, with nothing but Python's standard library.

Prints one line of JSON: what the index holds, and for each query (a row number on the command line) the rows that share a
band with it. Ends with an error if anything contradicts the page.
"""

import json
import struct
import sys

MASK = (1 << 64) - 1
BLOCK = 1 << 16
SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6"
    "813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931"
    "c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f"
    "95160428afd7fbcabb4b407e"
)
P32 = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)
P64 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)


def u32(data, at=0):
    return struct.unpack_from("<I", data, at)[0]


def u64(data, at=0):
    return struct.unpack_from("<Q", data, at)[0]


def fold(a, b):
    product = a * b
    return (product & MASK) ^ (product >> 64)


def avalanche(h):
    h = ((h ^ (h >> 37)) * 0x165667919E3779F9) & MASK
    return h ^ (h >> 32)


def avalanche64(h):
    h = ((h ^ (h >> 33)) * P64[1]) & MASK
    h = ((h ^ (h >> 29)) * P64[2]) & MASK
    return h ^ (h >> 32)


def mix16(data, at, secret):
    return fold(u64(data, at) ^ u64(SECRET, secret), u64(data, at + 8) ^ u64(SECRET, secret + 8))


def xxh3(data):
    """XXH3 with 64 bits and seed 0."""
    n = len(data)
    if n == 0:
        return avalanche64(u64(SECRET, 56) ^ u64(SECRET, 64))
    if n <= 3:
        combined = (data[0] << 16) | (data[n >> 1] << 24) | data[n - 1] | (n << 8)
        return avalanche64(combined ^ (u32(SECRET) ^ u32(SECRET, 4)))
    if n <= 8:
        h = (u32(data, n - 4) + (u32(data) << 32)) ^ (u64(SECRET, 8) ^ u64(SECRET, 16))
        rotate = lambda x, r: ((x << r) | (x >> (64 - r))) & MASK
        h ^= rotate(h, 49) ^ rotate(h, 24)
        h = (h * 0x9FB21C651E98DF25) & MASK
        h ^= (h >> 35) + n
        h = (h * 0x9FB21C651E98DF25) & MASK
        return h ^ (h >> 28)
    if n <= 16:
        low = u64(data) ^ (u64(SECRET, 24) ^ u64(SECRET, 32))
        high = u64(data, n - 8) ^ (u64(SECRET, 40) ^ u64(SECRET, 48))
        swapped = int.from_bytes(low.to_bytes(8, "little"), "big")
        return avalanche((n + swapped + high + fold(low, high)) & MASK)
    if n <= 128:
        h = n * P64[0]
        for i in range((n - 1) // 32, -1, -1):
            h += mix16(data, 16 * i, 32 * i) + mix16(data, n - 16 * (i + 1), 32 * i + 16)
        return avalanche(h & MASK)
    if n <= 240:
        h = n * P64[0] + sum(mix16(data, 16 * i, 16 * i) for i in range(8))
        h = avalanche(h & MASK)
        h += sum(mix16(data, 16 * i, 16 * (i - 8) + 3) for i in range(8, n // 16)) + mix16(data, n - 16, 136 - 17)
        return avalanche(h & MASK)
    lanes = [P32[2], P64[0], P64[1], P64[2], P64[3], P32[1], P64[4], P32[0]]

    def accumulate(at, secret):
        for i, value in enumerate(struct.unpack_from("<8Q", data, at)):
            key = value ^ u64(SECRET, secret + 8 * i)
            lanes[i ^ 1] = (lanes[i ^ 1] + value) & MASK
            lanes[i] = (lanes[i] + (key & 0xFFFFFFFF) * (key >> 32)) & MASK

    stripes = (len(SECRET) - 64) // 8
    blocks = (n - 1) // (64 * stripes)
    for block in range(blocks):
        for stripe in range(stripes):
            accumulate(64 * (block * stripes + stripe), 8 * stripe)
        for i in range(8):
            lanes[i] = ((lanes[i] ^ (lanes[i] >> 47) ^ u64(SECRET, len(SECRET) - 64 + 8 * i)) * P32[0]) & MASK
    for stripe in range((n - 1 - 64 * stripes * blocks) // 64):
        accumulate(64 * (blocks * stripes + stripe), 8 * stripe)
    accumulate(n - 64, len(SECRET) - 64 - 7)
    h = n * P64[0] + sum(
        fold(lanes[2 * i] ^ u64(SECRET, 11 + 16 * i), lanes[2 * i + 1] ^ u64(SECRET, 19 + 16 * i)) for i in range(4)
    )
    return avalanche(h & MASK)


def read(data):
    assert data[:8] == b"twinpidx" and data[-8:] == b"twinpidx", "no frozen index"
    footer = data[-128:]
    assert data[8:16] == footer[112:120] == struct.pack("<Q", 1), "another version"
    tail, documents = u64(footer), u64(footer, 8)
    num_hashes, bands, rows, sections = struct.unpack_from("<4I", footer, 24)
    entries = u64(footer, 64)
    blocks = -(-tail // BLOCK)
    assert len(data) == tail + 8 * blocks + 24 * sections + 128, "the length is wrong"
    checks, table = data[tail : tail + 8 * blocks], data[tail + 8 * blocks : -128]
    assert u64(footer, 96) == xxh3(checks) and u64(footer, 104) == xxh3(table + footer[:104]), "a check is wrong"
    for i in range(blocks):
        assert u64(checks, 8 * i) == xxh3(data[BLOCK * i : min(BLOCK * (i + 1), tail)]), f"block {i} has changed"
    parts, kinds = {}, []
    for i in range(sections):
        kind, zero, start, length = struct.unpack_from("<IIQQ", table, 24 * i)
        assert zero == 0 and start % 64 == 0 and start + length <= tail
        parts[kind] = data[start : start + length]
        kinds.append(kind)
    assert kinds == sorted(set(kinds))
    numbers = lambda kind: list(struct.unpack(f"<{len(parts[kind]) // 8}Q", parts[kind]))
    assert xxh3(parts[1]) == int.from_bytes(footer[16:24], "big"), "the scheme has another id"

    signatures = [struct.unpack_from(f"<{num_hashes}I", parts[2], 4 * num_hashes * row) for row in range(documents)]
    if 5 in parts:
        ids = numbers(5)
        keys = [xxh3(struct.pack("<Q", number)) >> 32 for number in ids]
    else:
        ends = numbers(3)
        raw = [parts[4][start:end] for start, end in zip([0] + ends, ends)]
        ids, keys = [name.decode() for name in raw], [xxh3(name) >> 32 for name in raw]
    times = numbers(6)
    assert (min(times, default=0), max(times, default=0)) == (u64(footer, 72), u64(footer, 80))
    sets = None
    if 7 in parts:
        ends, hashes = numbers(7), numbers(8)
        sets = [hashes[start:end] for start, end in zip([0] + ends, ends)]
        assert all(a < b for hashes in sets for a, b in zip(hashes, hashes[1:]))

    def entries_of(table, count):
        bits = max((count // 8).bit_length() - 1, 0)
        directory = struct.unpack_from(f"<{2**bits + 1}I", table)
        found = struct.unpack_from(f"<{count}Q", table, -(-4 * (2**bits + 1) // 8) * 8)
        assert list(found) == sorted(set(found))
        for i, below in enumerate(directory):
            assert below == sum(1 for entry in found if entry >> 32 < i << (32 - bits))
        return found

    assert list(entries_of(parts[9], documents)) == sorted(key << 32 | row for row, key in enumerate(keys))
    filled = [row for row in range(documents) if any(value != 0xFFFFFFFF for value in signatures[row])]
    assert len(filled) == entries and len(parts[10]) % bands == 0
    size, buckets = len(parts[10]) // bands, [{} for _ in range(bands)]
    for band in range(bands):
        values = lambda row: signatures[row][band * rows : (band + 1) * rows]
        found = entries_of(parts[10][band * size : (band + 1) * size], entries)
        assert sorted(entry & 0xFFFFFFFF for entry in found) == filled
        by_key, by_values = {}, {}
        for entry in found:
            by_key.setdefault(entry >> 32, []).append(entry & 0xFFFFFFFF)
        for row in filled:
            by_values.setdefault(values(row), []).append(row)
        # Equal bands have equal keys, which is what a query needs. Different ones differ, except for one in 2^32.
        assert sorted(by_key.values()) == sorted(by_values.values())
        buckets[band] = {row: bucket for bucket in by_key.values() for row in bucket}
    alike = lambda row: sorted({other for band in buckets for other in band.get(row, [])})
    return {"ids": ids, "times": times, "signatures": signatures, "sets": sets, "scheme": parts[1].decode()}, alike


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        held, candidates = read(file.read())
    held["candidates"] = [candidates(int(row)) for row in sys.argv[2:]]
    print(json.dumps(held))
