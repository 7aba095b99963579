"""What goes in and out of the people API, field by field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from exchange.accounts.models import Deputyship, Membership, PeopleChange, Person, Role, Way


class RoleOut(serializers.ModelSerializer[Membership]):
    """A role in a department, for a time."""

    department = serializers.CharField(source="department_id")

    class Meta:
        model = Membership
        fields = ("id", "department", "role", "valid_from", "valid_until", "confirmed_at", "suspended_at")


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
    """For which department to act, and in whose place."""

    department = serializers.CharField()
    deputy_of = serializers.UUIDField(default=None, allow_null=True, help_text="The person for whom you stand in; null: for yourself.")


class PersonIn(serializers.Serializer[Any]):
    """An officer to invite."""

    username = serializers.CharField(max_length=150)
    name_en = serializers.CharField(max_length=100, default="", allow_blank=True)
    name_zh = serializers.CharField(max_length=100, default="", allow_blank=True)
    department = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    more_roles = serializers.ListField(child=serializers.ChoiceField(Role.choices), default=list)
    valid_until = serializers.DateTimeField(default=None, allow_null=True, help_text="When all these roles end.")
    way = serializers.ChoiceField(Way.choices, default=Way.LINK)
    address = serializers.CharField(default="", allow_blank=True, max_length=254, help_text="A mail address, for the way MAIL only.")


class RoleIn(serializers.Serializer[Any]):
    """A role to give."""

    department = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    valid_until = serializers.DateTimeField(default=None, allow_null=True)


class AgainIn(serializers.Serializer[Any]):
    """How the new invitation travels."""

    way = serializers.ChoiceField(Way.choices, default=Way.LINK)
    address = serializers.CharField(default="", allow_blank=True, max_length=254)


class InvitationOut(serializers.Serializer[Any]):
    """A link or a code to hand over, by another way than this one; null where a mail carries it."""

    person = serializers.UUIDField()
    invitation = serializers.CharField(allow_null=True, help_text="Path of the page on which the person chooses a password.")
    code = serializers.CharField(allow_null=True, help_text="The code to print; it is typed below “Sign in”.")
    expires_at = serializers.DateTimeField()


class DeputyshipOut(serializers.ModelSerializer[Deputyship]):
    """Who stands in for whom, from when until when."""

    department = serializers.CharField(source="department_id")

    class Meta:
        model = Deputyship
        fields = ("id", "holder", "deputy", "department", "valid_from", "valid_until")


class DeputyshipIn(serializers.Serializer[Any]):
    """Who shall stand in."""

    deputy = serializers.UUIDField()
    department = serializers.CharField()
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField()


class ChangeOut(serializers.ModelSerializer[PeopleChange]):
    """One line of a person's history; `by` null is the hub itself."""

    department = serializers.CharField(source="department_id", allow_null=True)

    class Meta:
        model = PeopleChange
        fields = ("at", "event", "department", "about", "by", "deputy_of")


class OnePersonOut(PersonOut):
    """A person with deputies and history, the newest first."""

    deputyships = DeputyshipOut(many=True)
    stewardships = serializers.ListField(child=serializers.CharField(), help_text="Codes of datasets.")
    history = ChangeOut(many=True)

    class Meta(PersonOut.Meta):
        fields = (*PersonOut.Meta.fields, "deputyships", "stewardships", "history")  # type: ignore[assignment]


class LeavingIn(serializers.Serializer[Any]):
    """For which department the service ends, and who goes on with open work."""

    department = serializers.CharField()
    to = serializers.UUIDField(default=None, allow_null=True)


class OpenWorkOut(serializers.Serializer[Any]):
    """One kind of open work, and what of it hangs on the person."""

    kind = serializers.CharField()
    pieces = serializers.ListField(child=serializers.CharField())


class LeftOut(serializers.Serializer[Any]):
    """How much ended, and which keys should be replaced."""

    roles = serializers.IntegerField()
    appointments = serializers.IntegerField()
    deputyships = serializers.IntegerField()
    invitations = serializers.IntegerField()
    handed_over = serializers.IntegerField()
    keys = serializers.ListField(child=serializers.CharField())
    may_sign_in = serializers.BooleanField()


class DueRoleOut(RoleOut):
    """A role that waits to be confirmed, and whose it is."""

    person = serializers.UUIDField(source="person_id")

    class Meta(RoleOut.Meta):
        fields = (*RoleOut.Meta.fields, "person")  # type: ignore[assignment]


class ConfirmationIn(serializers.Serializer[Any]):
    """Roles, by number: those still needed, and those to be taken away."""

    keep = serializers.ListField(child=serializers.IntegerField(), default=list)
    end = serializers.ListField(child=serializers.IntegerField(), default=list)


class ConfirmationOut(serializers.Serializer[Any]):
    """How many roles were kept or ended."""

    done = serializers.IntegerField()
