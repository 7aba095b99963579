"""`{% load look %}`: every tag of the look under one name; the parts live in the modules beside this one."""

from django import template

from exchange.portal.templatetags import look_charts, look_forms, look_parts, look_text

register = template.Library()
for part in (look_text, look_parts, look_forms, look_charts):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
