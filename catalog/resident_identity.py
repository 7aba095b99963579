"""The check of resident identity numbers (GB 11643) by python-stdnum, quick enough for a register of a million rows.

python-stdnum looks up the place for every number; here each place, year and day is asked of it once. Pure.
"""

from __future__ import annotations

import functools

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

LENGTH = 18


def is_valid(number: str) -> bool:
    """What `stdnum.cn.ric.is_valid` says of a normalised number."""
    digits = number[:-1]
    if len(number) != LENGTH or not (digits.isascii() and digits.isdigit()):
        return False
    return number[-1] == ric.calc_check_digit(number) and _is_day(number[6:14]) and _is_place(number[:10])


@functools.lru_cache(maxsize=1 << 16)
def _is_day(text: str) -> bool:
    try:
        ric.get_birth_date("000000" + text)
    except ValidationError:
        return False
    return True


@functools.lru_cache(maxsize=1 << 17)
def _is_place(place_and_year: str) -> bool:
    """Whether a county's code (six digits) was given out in a year (four digits)."""
    try:
        ric.get_birth_place(place_and_year + "0101")
    except ValidationError:
        return False
    return True
