"""Programs that act for people, and requests about keys."""

from __future__ import annotations

import uuid
from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0004_people"), ("catalog", "0002_search")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name='peoplechange',
            name='event',
            field=models.CharField(choices=[('deputy_ended', 'Deputy ended early'), ('deputy_named', 'Deputy named'), ('invitation_accepted', 'Invitation accepted'), ('invitation_withdrawn', 'Invitation withdrawn'), ('invited_again', 'Invited again'), ('key_certified', 'Certified a key'), ('key_revoked', 'Revoked a key'), ('officer_appointed', 'Appointed for a service'), ('officer_dismissed', 'No longer decides a service'), ('person_added', 'Invited'), ('program_allowed', 'Allowed a program to act'), ('program_ended', "Ended a program's access"), ('role_confirmed', 'Role confirmed'), ('role_ended', 'Role ended'), ('role_granted', 'Role given'), ('role_suspended', 'Role suspended: nobody confirmed it'), ('service_ended', 'Service ended'), ('steward_appointed', 'Made steward of a dataset'), ('steward_dismissed', 'No longer steward of a dataset')], max_length=32),
        ),
        migrations.CreateModel(
            name='KeyRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('wish', models.CharField(choices=[('CERTIFY', 'Certify a new key'), ('REVOKE', 'End a key that was replaced')], max_length=16)),
                ('system', models.CharField(max_length=64)),
                ('keyid', models.CharField(max_length=160)),
                ('public_key', models.BinaryField(max_length=32)),
                ('state', models.CharField(choices=[('WAITING', 'waits for an administrator'), ('DONE', 'done'), ('REFUSED', 'refused')], default='WAITING', max_length=16)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.department')),
            ],
            options={
                'verbose_name': 'request about a key',
                'verbose_name_plural': 'requests about keys',
                'ordering': ('asked_at', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('wish__in', ['CERTIFY', 'REVOKE'])), name='key_request_wish_known'), models.CheckConstraint(condition=models.Q(('state__in', ['WAITING', 'DONE', 'REFUSED'])), name='key_request_state_known'), models.UniqueConstraint(condition=models.Q(('state', 'WAITING')), fields=('wish', 'keyid'), name='key_request_one_waits')],
            },
        ),
        migrations.CreateModel(
            name='Program',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('account_hash', models.BinaryField(max_length=32)),
                ('machine', models.CharField(max_length=80)),
                ('scopes', models.JSONField()),
                ('allowed_at', models.DateTimeField()),
                ('used_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='programs', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'program',
                'verbose_name_plural': 'programs',
                'ordering': ('-allowed_at', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('allowed_at'))), name='program_ends_after_its_start')],
            },
        ),
        migrations.CreateModel(
            name='ProgramAsking',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('device_hash', models.BinaryField(max_length=32, unique=True)),
                ('user_code_hash', models.BinaryField(max_length=32, unique=True)),
                ('address_hash', models.BinaryField(max_length=32)),
                ('account_hash', models.BinaryField(blank=True, max_length=32, null=True)),
                ('machine', models.CharField(max_length=80)),
                ('scopes', models.JSONField()),
                ('state', models.CharField(choices=[('WAITING', 'nobody has answered yet'), ('ALLOWED', 'allowed, not collected yet'), ('REFUSED', 'refused'), ('COLLECTED', 'the program has its token')], default='WAITING', max_length=16)),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('interval_s', models.PositiveSmallIntegerField()),
                ('polled_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'program that asks for access',
                'verbose_name_plural': 'programs that ask for access',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['WAITING', 'ALLOWED', 'REFUSED', 'COLLECTED'])), name='program_asking_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('ALLOWED', 'COLLECTED')), _negated=True), models.Q(('account_hash__isnull', False), ('person__isnull', False)), _connector='OR'), name='program_asking_allowed_by_a_person')],
            },
        ),
    ]
