"""Well-formed identifiers that are given once each: identity numbers, social credit codes, household numbers, plates.

Uniqueness costs a counter, never a set of everything given, so that a city of a million residents fits in a few megabytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from datetime import date

FIRST_BIRTH = date(1910, 1, 1).toordinal()
LAST_BIRTH = date(2030, 12, 31).toordinal()

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_PLATE_ALPHABET = "0123456789" + _PLATE_LETTERS
_SEQUENCES = 500  # three digits, of which men have the odd and women the even ones


def identity_check_character(first_seventeen: str) -> str:
    """Return the check character of a resident identity number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(first_seventeen))
    return "0123456789X"[(1 - total) % 11]


def credit_check_character(first_seventeen: str) -> str:
    """Return the check character of a unified social credit code (GB 32100)."""
    total = sum(_CREDIT_ALPHABET.index(character) * weight for character, weight in zip(first_seventeen, _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_ALPHABET[-total % 31]


def organisation_check_character(first_eight: str) -> str:
    """Return the check character of an organisation code (GB 11714), which is part of the social credit code."""
    pairs = zip(first_eight, _ORGANISATION_WEIGHTS, strict=True)
    total = sum(_ORGANISATION_ALPHABET.index(character) * weight for character, weight in pairs)
    return "0123456789X0"[11 - total % 11]


class IdentityNumbers:
    """Gives each person an identity number: county code of the time, birth date, sequence by sex, check character."""

    def __init__(self, county_codes: Iterable[str], reserved: Collection[str]) -> None:
        self._places = {code: place for place, code in enumerate(sorted(set(county_codes)))}
        self._days = LAST_BIRTH - FIRST_BIRTH + 1
        self._given = array("H", bytes(2 * len(self._places) * self._days * 2))
        self._reserved = frozenset(reserved)

    def give(self, county_code: str, birth: date, sex: str) -> str:
        """Return a number never given before; raises ValueError when all 500 of that county, day and sex are given."""
        number = self._next(county_code, birth, sex)
        while number in self._reserved:
            number = self._next(county_code, birth, sex)
        return number

    def _next(self, county_code: str, birth: date, sex: str) -> str:
        cell = (self._places[county_code] * self._days + birth.toordinal() - FIRST_BIRTH) * 2 + (sex == "male")
        count = self._given[cell]
        if count == _SEQUENCES:
            raise ValueError(f"all identity numbers of {county_code} for one day of birth are given: generate fewer households")
        self._given[cell] = count + 1
        # each cell starts somewhere else, so that not every sequence begins with 001; 37 is coprime to 500: none comes twice
        turn = (cell * 7919 + count * 37) % _SEQUENCES
        first = f"{county_code}{birth:%Y%m%d}{turn * 2 + (sex == 'male'):03d}"
        return first + identity_check_character(first)


class CreditCodes:
    """Gives each business entity a unified social credit code. Codes of named entities begin with MB and are never given."""

    _KINDS = {"company": "91", "sole_trader": "92", "cooperative": "93"}
    _SPACE = 31**6

    def __init__(self) -> None:
        self._count = 0

    def give(self, kind: str, county_code: str) -> str:
        """Return a code never given before, for an entity of ``kind`` registered in the county."""
        # 31 is prime, so any multiplier that is no multiple of it walks through the whole space
        place = (self._count * 387_420_489 + 104_729) % self._SPACE
        self._count += 1
        organisation = "MA" + _in_alphabet(place, _CREDIT_ALPHABET, 6)
        return complete_credit_code(f"{self._KINDS[kind]}{county_code}{organisation}")


def complete_credit_code(first_sixteen: str) -> str:
    """Add both check characters: that of the organisation code and that of the whole code."""
    seventeen = first_sixteen + organisation_check_character(first_sixteen[8:])
    return seventeen + credit_check_character(seventeen)


class NumberPlates:
    """Gives each vehicle a plate of Chengdu: 川A, a letter, a letter or digit, two digits, a letter or digit."""

    SPACE = 24 * 34 * 100 * 34

    def __init__(self, reserved: Collection[str]) -> None:
        self._count = 0
        self._reserved = frozenset(reserved)

    def give(self) -> str:
        """Return a plate never given before; raises ValueError when all are given."""
        plate = self._next()
        while plate in self._reserved:
            plate = self._next()
        return plate

    def _next(self) -> str:
        if self._count == self.SPACE:
            raise ValueError("all number plates are given: generate fewer households")
        # 1,000,003 is prime and no factor of the space: every plate comes once before any comes again
        place = (self._count * 1_000_003 + 271_828) % self.SPACE
        self._count += 1
        place, last = divmod(place, 34)
        place, digits = divmod(place, 100)
        first, second = divmod(place, 34)
        return f"川A{_PLATE_LETTERS[first]}{_PLATE_ALPHABET[second]}{digits:02d}{_PLATE_ALPHABET[last]}"


def _in_alphabet(value: int, alphabet: str, length: int) -> str:
    characters = []
    for _ in range(length):
        value, place = divmod(value, len(alphabet))
        characters.append(alphabet[place])
    return "".join(reversed(characters))
