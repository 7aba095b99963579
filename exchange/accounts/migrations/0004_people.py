"""Deputies, ends of service and quarterly confirmations."""

from __future__ import annotations

import uuid
from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0003_subject"), ("catalog", "0002_search")]

    operations: ClassVar = [
        migrations.AddField(
            model_name='membership',
            name='confirmed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='confirmed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='membership',
            name='suspended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='person',
            name='sign_outs',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name='Deputyship',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateTimeField()),
                ('valid_until', models.DateTimeField()),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.department')),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stands_in', to=settings.AUTH_USER_MODEL)),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputyships', to=settings.AUTH_USER_MODEL)),
                ('named_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'deputyship',
                'verbose_name_plural': 'deputyships',
                'ordering': ('-valid_from', '-id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('holder', models.F('deputy')), _negated=True), name='deputyship_of_another'), models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valid_from'))), name='deputyship_ends_after_its_start')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('way', models.CharField(choices=[('LINK', 'a link that you hand over'), ('MAIL', 'by mail to an address'), ('PRINTED', 'a printed code')], default='LINK', max_length=16)),
                ('code_blind', models.BinaryField(max_length=32, unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.department')),
                ('invited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ('-made_at', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('way__in', ['LINK', 'MAIL', 'PRINTED'])), name='invitation_way_known'), models.CheckConstraint(condition=models.Q(('used_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='invitation_ends_one_way'), models.UniqueConstraint(condition=models.Q(('used_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('person',), name='invitation_one_open')],
            },
        ),
        migrations.CreateModel(
            name='PeopleChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(choices=[('deputy_ended', 'Deputy ended early'), ('deputy_named', 'Deputy named'), ('invitation_accepted', 'Invitation accepted'), ('invitation_withdrawn', 'Invitation withdrawn'), ('invited_again', 'Invited again'), ('key_certified', 'Certified a key'), ('key_revoked', 'Revoked a key'), ('officer_appointed', 'Appointed for a service'), ('officer_dismissed', 'No longer decides a service'), ('person_added', 'Invited'), ('role_confirmed', 'Role confirmed'), ('role_ended', 'Role ended'), ('role_granted', 'Role given'), ('role_suspended', 'Role suspended: nobody confirmed it'), ('service_ended', 'Service ended'), ('steward_appointed', 'Made steward of a dataset'), ('steward_dismissed', 'No longer steward of a dataset')], max_length=32)),
                ('about', models.CharField(blank=True, max_length=128)),
                ('at', models.DateTimeField()),
                ('leaf', models.BinaryField(max_length=32)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.department')),
                ('deputy_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': "change of a person's roles",
                'verbose_name_plural': "changes of persons' roles",
                'ordering': ('-at', '-id'),
                'indexes': [models.Index(fields=['person', '-at'], name='people_change_by_person'), models.Index(fields=['department', 'event'], name='people_change_by_event')],
            },
        ),
    ]
