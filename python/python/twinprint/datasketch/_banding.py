"""The choice of bands and rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

# The rule of Gauss and Kronrod with 21 points, as QUADPACK has it (Piessens and others, 1983): each point with its weight, and
# with its weight in the rule of Gauss with 10 points that lies within.
_CENTRE_WEIGHT = 0.149445554002916905664936468389821
_BOTH = (
    (0.973906528517171720077964012084452, 0.032558162307964727478818972459390, 0.066671344308688137593568809893332),
    (0.865063366688984510732096688423493, 0.075039674810919952767043140916190, 0.149451349150580593145863396957658),
    (0.679409568299024406234327365114874, 0.109387158802297641899210590325805, 0.219086362515982043995534934228163),
    (0.433395394129247190799265943165784, 0.134709217311473325928054001771707, 0.269266719309996355091226921569469),
    (0.148874338981631210884826001129720, 0.147739104901338491374841515972068, 0.295524224714752870173815619188769),
)
_KRONROD = (
    (0.995657163025808080735527280689003, 0.011694638867371874278064396062192),
    (0.930157491355708226001207180059508, 0.054755896574351996031381300244580),
    (0.780817726586416897063717578345042, 0.093125454583697605535065465083366),
    (0.562757134668604683339000099272694, 0.123491976262065851077958109585166),
    (0.294392862701460198131126603103866, 0.142775938577060080797094273138717),
)
_WEIGHTS = [_CENTRE_WEIGHT, *(weight for _, weight, *_ in (*_BOTH, *_KRONROD) for _ in range(2))]
#: The error at which scipy.integrate.quad takes the first estimate.
_TOLERANCE = 1.49e-8
#: How often an area is halved that the first estimate does not get right.
_DEPTH = 20


def _points(start: float, end: float) -> list[float]:
    """Returns the points of the rule: the centre, then one left and one right of it in turn."""
    centre, half = 0.5 * (start + end), 0.5 * (end - start)
    distances = [half * point for point, *_ in (*_BOTH, *_KRONROD)]
    return [centre, *(place for distance in distances for place in (centre - distance, centre + distance))]


def _estimate(heights: list[float], width: float) -> tuple[float, float]:
    """Returns the area under a curve, and the error of that."""
    half = 0.5 * width
    middle = heights[0]
    kronrod, gauss = _CENTRE_WEIGHT * middle, 0.0
    for place, (_, weight, gauss_weight) in enumerate(_BOTH):
        both = heights[2 * place + 1] + heights[2 * place + 2]
        gauss += gauss_weight * both
        kronrod += weight * both
    for place, (_, weight) in enumerate(_KRONROD, len(_BOTH)):
        kronrod += weight * (heights[2 * place + 1] + heights[2 * place + 2])
    error = abs((kronrod - gauss) * half)
    if error:
        mean = 0.5 * kronrod
        spread = sum(weight * abs(height - mean) for weight, height in zip(_WEIGHTS, heights, strict=True)) * abs(half)
        error = spread * min(1.0, (200.0 * error / spread) ** 1.5) if spread else error
    return kronrod * half, error


class _Side:
    """One side of the threshold, over which the candidates of bandings are integrated."""

    def __init__(self, start: float, end: float, similarity: Callable[[float], float] = float) -> None:
        self.start, self.width, self.similarity = start, end - start, similarity
        self.by_rows: dict[int, list[float]] = {}

    def _apart(self, start: float, end: float, rows: int) -> list[float]:
        """Returns the probabilities that a band differs, between two ends."""
        return [1.0 - self.similarity(point) ** float(rows) for point in _points(start, end)]

    def area(self, bands: int, rows: int, missed: bool) -> float:
        """Returns the area that ``scipy.integrate.quad`` returns.

        Bandings whose areas are too small to tell apart are decided by the rounding of this sum, so its terms are not simplified.
        """
        apart = self.by_rows.get(rows)
        if apart is None:
            apart = self.by_rows[rows] = self._apart(self.start, self.start + self.width, rows)
        area, error = _estimate(_heights(apart, bands, missed), self.width)
        if error <= max(_TOLERANCE, _TOLERANCE * abs(area)):
            return area
        return self._halved(self.start, self.start + self.width, bands, rows, missed)

    def _halved(self, start: float, end: float, bands: int, rows: int, missed: bool, depth: int = 0) -> float:
        """Returns an area that the first estimate does not get right, by halving until each piece does."""
        middle = 0.5 * (start + end)
        total = 0.0
        for left, right in ((start, middle), (middle, end)):
            area, error = _estimate(_heights(self._apart(left, right, rows), bands, missed), right - left)
            is_right = error <= _TOLERANCE or depth == _DEPTH
            total += area if is_right else self._halved(left, right, bands, rows, missed, depth + 1)
        return total


def _heights(apart: list[float], bands: int, missed: bool) -> list[float]:
    """Returns the probabilities that a pair becomes a candidate, or that it does not."""
    times = float(bands)
    return [1.0 - (1.0 - other**times) for other in apart] if missed else [1.0 - other**times for other in apart]


def _best(below: _Side, above: _Side, num_perm: int, max_rows: int, weights: tuple[float, float]) -> tuple[int, int]:
    """Returns the first banding of the least weighted area, by bands and then by rows."""
    least, best = float("inf"), (0, 0)
    for bands in range(1, num_perm + 1):
        for rows in range(1, min(max_rows, num_perm // bands) + 1):
            found, missed = below.area(bands, rows, False), above.area(bands, rows, True)
            area = found * weights[0] + missed * weights[1]
            if area < least:
                least, best = area, (bands, rows)
    return best


@lru_cache(maxsize=256)
def best_banding(threshold: float, num_perm: int, false_positive: float, false_negative: float) -> tuple[int, int]:
    """Returns the bands and rows whose weighted area of false positives and false negatives is the least.

    >>> best_banding(0.8, 128, 0.5, 0.5)
    (9, 13)
    """
    below, above = _Side(0.0, threshold), _Side(threshold, 1.0)
    return _best(below, above, num_perm, num_perm, (false_positive, false_negative))


@lru_cache(maxsize=1024)
def best_banding_of_containment(
    threshold: float, num_perm: int, max_rows: int, ratio: float, false_positive: float, false_negative: float
) -> tuple[int, int]:
    """Returns the bands and rows for a threshold of containment, where sets are ``ratio`` times as large as the query."""

    def similarity(containment: float) -> float:
        return containment / (1.0 + ratio - containment)

    # A query cannot be contained in a set by more than the set's share of its size.
    below = _Side(0.0, min(ratio, threshold), similarity)
    above = _Side(threshold, max(threshold, min(ratio, 1.0)), similarity)
    return _best(below, above, num_perm, max_rows, (false_positive, false_negative))
