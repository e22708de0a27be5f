"""Times sorted into bands, so that ranks are found without the times themselves.

A band is a quarter of the way from one power of two to the next: times below 8 ms have a band each,
those between 65 and 131 seconds share four. So there are about four bands for each doubling of the
time, however many times there are.
"""

_BITS = 2
"""How many bits after the highest one tell bands apart."""

_FIRST_SHARED = 2 << _BITS


def band_of(duration_ms: int) -> int:
    """Return the band of a time, which is 0 or more; longer times have no lower band."""
    if duration_ms < _FIRST_SHARED:
        return duration_ms
    ignored_bits = duration_ms.bit_length() - _BITS - 1
    return (ignored_bits << _BITS) + (duration_ms >> ignored_bits)


def band_range(band: int) -> range:
    """Return the times of a band."""
    if band < _FIRST_SHARED:
        return range(band, band + 1)
    ignored_bits = (band >> _BITS) - 1
    leading = band - (ignored_bits << _BITS)
    return range(leading << ignored_bits, (leading + 1) << ignored_bits)
