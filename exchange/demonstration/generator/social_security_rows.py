"""Rows of the registers of social security: R09 insurance, R10 medical insurance, R22 payout accounts, R24 phones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

from exchange.demonstration.generator.citizen_rows import Row
from exchange.demonstration.generator.gaps import or_gap
from exchange.demonstration.generator.people import Household, Person

_RETIRED = 60
_INSURED = 0.72  # of adults who are not retired
_ENROLLED = 0.96
_PHONE_FROM_AGE = 16
_MOST_EMPLOYERS = 400
_BANKS, _BANK_WEIGHTS = ("state_bank", "city_bank", "agricultural_credit", "postal_savings"), (46, 24, 18, 12)
_NO_MOBILE_RANGE = "12"
"""Mobile numbers begin with 13 to 19: one that begins so reaches nobody (docs/decisions/0040)."""


class SocialSecurityRows:
    """Draws what the registers of social security know of a household."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._employers: list[str] = []

    def meet(self, entities: Iterable[Row]) -> None:
        """Remember active entities of R15 as employers: some hundreds, whatever the city's size."""
        for entity in entities:
            if entity["status"] != "active":
                continue
            if len(self._employers) < _MOST_EMPLOYERS:
                self._employers.append(entity["entity"])
            else:
                self._employers[self._chance.randrange(_MOST_EMPLOYERS)] = entity["entity"]

    def insurance(self, household: Household) -> Iterator[Row]:
        """Yield the R09 rows: adults who are insured, or were until they retired."""
        for person in _present(household):
            if person.adult and (person.age >= _RETIRED or self._chance.random() < _INSURED):
                yield self._insured(person)

    def medical_insurance(self, household: Household) -> Iterator[Row]:
        """Yield the R10 rows: nearly everybody."""
        for person in _present(household):
            if self._chance.random() < _ENROLLED:
                yield {
                    "person": person.identity,
                    "scheme": "employees" if person.adult and self._chance.random() < 0.6 else "residents",
                    "enrolled": "true" if self._chance.random() < 0.98 else "false",
                    "account_balance": or_gap(self._chance, f"{self._chance.randint(0, 9000)}.{self._chance.randint(0, 99):02d}"),
                }

    def accounts(self, household: Household) -> Iterator[Row]:
        """Yield the R22 rows: most adults, the old nearly all."""
        for person in _present(household):
            if person.adult and self._chance.random() < (0.92 if person.age >= _RETIRED else 0.78):
                yield {
                    "person": person.identity,
                    "bank": self._chance.choices(_BANKS, _BANK_WEIGHTS)[0],
                    "last_four": f"{self._chance.randint(0, 9999):04d}",
                    "valid": "true" if self._chance.random() < 0.97 else "false",
                }

    def phones(self, household: Household) -> Iterator[Row]:
        """Yield the R24 rows: numbers that reach nobody."""
        for person in _present(household):
            if person.age >= _PHONE_FROM_AGE and self._chance.random() < (0.88 if person.age < 75 else 0.6):
                yield {"person": person.identity, "phone": f"{_NO_MOBILE_RANGE}{self._chance.randint(0, 10**9 - 1):09d}"}

    def _insured(self, person: Person) -> Row:
        chance = self._chance
        is_retired = person.age >= _RETIRED
        employer = chance.choice(self._employers) if self._employers and not is_retired and chance.random() < 0.8 else ""
        longest = min(480, (min(person.age, _RETIRED) - 17) * 12)
        return {
            "person": person.identity,
            "employer": employer,
            "category": chance.choices(("worker", "cadre"), (76, 24))[0] if employer or is_retired else "flexible",
            "months": or_gap(chance, str(round(longest * chance.uniform(0.05, 1)))),
            "insured": "false" if is_retired or chance.random() < 0.03 else "true",
            "file_review": "true" if chance.random() < 0.02 else "false",
        }


def _present(household: Household) -> Iterator[Person]:
    return (person for person in household.people if person.present)
