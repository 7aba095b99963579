"""A register, its records, and one row for each access: the usual way."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Register(models.Model):
    """What guardian's permission is about."""

    code = models.CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.code


class PersonRecord(models.Model):
    """One record about one person."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE)
    person = models.CharField(max_length=20, db_index=True)
    grade = models.IntegerField()
    type = models.CharField(max_length=20)

    def __str__(self) -> str:
        return str(self.pk)


class AccessLog(models.Model):
    """Who looked, when, what for."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    register = models.ForeignKey(Register, on_delete=models.CASCADE)
    purpose = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)
