"""Passwords are kept as the hub keeps them: the other tests use a quick hasher, these do not."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def the_hubs_own_hashers(settings: Settings) -> None:
    """As the settings file has them, not as tests/conftest.py has them."""
    settings.PASSWORD_HASHERS = import_module("exchange.settings").PASSWORD_HASHERS


def test_a_password_is_kept_by_a_slow_memory_hard_function() -> None:
    kept = make_password("a-long-and-rare-password")
    assert identify_hasher(kept).algorithm == "scrypt"
    assert check_password("a-long-and-rare-password", kept)
    assert not check_password("another-password", kept)


def test_what_the_tests_use_is_not_accepted_by_the_hub() -> None:
    with pytest.raises(ValueError, match="Unknown password hashing algorithm"):
        identify_hasher("md5$salt$c1a6b5a2f9b8d7d1a1c4c9d0f7a3b2e1")
