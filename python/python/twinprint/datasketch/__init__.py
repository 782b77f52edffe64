"""The classes of datasketch over the kernels of twinprint: the same values to the last bit, the same bytes, the same errors.

>>> from twinprint.datasketch import MinHash, MinHashLSH
>>> one, two = MinHash(num_perm=128), MinHash(num_perm=128)
>>> one.update_batch([b"minhash", b"is", b"a", b"probabilistic", b"data", b"structure"])
>>> two.update_batch([b"minhash", b"is", b"a", b"fast", b"data", b"structure"])
>>> one.jaccard(two)
0.6875
>>> lsh = MinHashLSH(threshold=0.5, num_perm=128)
>>> lsh.insert("one", one)
>>> lsh.query(two)
['one']

Replace ``from datasketch import`` by ``from twinprint.datasketch import``. Sketches under the schemes ``affine32`` (the default),
``affine64`` and ``legacy`` equal those of datasketch 2.0.0, and may be compared and merged with them. :func:`loads` reads what
datasketch pickled, without datasketch.

Flaws are kept, because values depend on them: ``legacy`` multiplies with overflow and folds 61 bits to 32, which makes estimates
of large sets too high; the correction of :class:`bBitMinHash` for sets of known size uses ``2 * b`` where its paper has
``2 ** b``; band keys are not portable to machines of another byte order.

For new code, :func:`twinprint.find_pairs`, :func:`twinprint.dedup` and :class:`twinprint.LshIndex` do the whole work, verify
every pair exactly, and are many times faster than a loop over these classes.
"""

from .b_bit_minhash import bBitMinHash
from .hashfunc import sha1_hash32, sha1_hash64
from .lean_minhash import LeanMinHash
from .lsh import MinHashLSH, MinHashLSHDeletionSession, MinHashLSHInsertionSession
from .lshensemble import MinHashLSHEnsemble
from .lshforest import MinHashLSHForest
from .minhash import MinHash
from .pickles import load, loads
from .weighted_minhash import WeightedMinHash, WeightedMinHashGenerator

__all__ = [
    "LeanMinHash",
    "MinHash",
    "MinHashLSH",
    "MinHashLSHDeletionSession",
    "MinHashLSHEnsemble",
    "MinHashLSHForest",
    "MinHashLSHInsertionSession",
    "WeightedMinHash",
    "WeightedMinHashGenerator",
    "bBitMinHash",
    "load",
    "loads",
    "sha1_hash32",
    "sha1_hash64",
]
