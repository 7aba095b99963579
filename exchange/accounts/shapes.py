"""What goes in and out of the people API, field by field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from exchange.accounts.models import Membership, Person, Role


class RoleOut(serializers.ModelSerializer[Membership]):
    """A role in a department, for a time."""

    department = serializers.CharField(source="department_id")

    class Meta:
        model = Membership
        fields = ("id", "department", "role", "valid_from", "valid_until")


class PersonOut(serializers.ModelSerializer[Person]):
    """A person with roles."""

    name = serializers.CharField(source="display_name")
    is_invited = serializers.SerializerMethodField(help_text="Has not chosen a password yet.")
    roles = RoleOut(source="memberships", many=True)

    class Meta:
        model = Person
        fields = ("id", "username", "name", "is_active", "is_invited", "roles")

    def get_is_invited(self, person: Person) -> bool:
        """Whether the invitation waits to be accepted."""
        return not person.has_usable_password()


class MeOut(PersonOut):
    """The caller, and for which department the caller acts."""

    acting_department = serializers.CharField(allow_null=True)

    class Meta(PersonOut.Meta):
        fields = (*PersonOut.Meta.fields, "acting_department")  # type: ignore[assignment]


class PersonPage(serializers.Serializer[Any]):
    """One page of people."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = PersonOut(many=True)


class DepartmentIn(serializers.Serializer[Any]):
    """For which department to act."""

    department = serializers.CharField()


class PersonIn(serializers.Serializer[Any]):
    """An officer to invite."""

    username = serializers.CharField(max_length=150)
    name_en = serializers.CharField(max_length=100, default="", allow_blank=True)
    name_zh = serializers.CharField(max_length=100, default="", allow_blank=True)
    department = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)


class RoleIn(serializers.Serializer[Any]):
    """A role to give."""

    department = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    valid_until = serializers.DateTimeField(default=None, allow_null=True)


class InvitationOut(serializers.Serializer[Any]):
    """A link to hand over, by another way than this one."""

    person = serializers.UUIDField()
    invitation = serializers.CharField(help_text="Path of the page on which the person chooses a password; good for three days.")
