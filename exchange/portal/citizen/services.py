"""Find a service, and read before starting what it asks, of whom, why, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from exchange.affairs.matters import matter_by_slug, open_matters, plan_of
from exchange.affairs.models import Matter
from exchange.affairs.rules import MatterPlan
from exchange.portal.citizen import words
from exchange.portal.citizen.asked import days_of, department_name, offices_of, papers_of, questions_of
from exchange.portal.citizen.signed_in import show
from exchange.portal.templatetags.look_text import bilingual

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Service:
    """One matter as the list shows it. `papers`: how many were needed once; `spared`: how many nobody brings any more."""

    slug: str
    title: str
    summary: str
    events: tuple[str, ...]
    papers: int
    spared: int


@require_GET
def services(request: HttpRequest) -> HttpResponse:
    """Every open service; `q` searches names and papers in both languages, `event` chooses one event of life."""
    plans = [plan_in_force(matter) for matter in open_matters()]
    asked, event = request.GET.get("q", "").strip()[:LONGEST_SEARCH], request.GET.get("event", "")
    found = [_service(plan) for plan in plans if speaks_of(plan, asked) and (not event or event in events_of(plan))]
    names = sorted({name for plan in plans for name in events_of(plan)})
    context = {"services": found, "asked": asked, "event": event, "events": [(name, words.event_word(name)) for name in names]}
    return show(request, "services", **context)


@require_GET
def service(request: HttpRequest, slug: str) -> HttpResponse:
    """One service: what it asks, of whom, why, what nobody brings any more, how long it takes, who decides."""
    matter = matter_by_slug(slug)
    plan = plan_in_force(matter)
    questions = questions_of(plan)
    context = {
        "matter": matter,
        "plan": plan,
        "papers": papers_of(plan),
        "asked": [question for question in questions if not question.is_told],
        "told": [question for question in questions if question.is_told],
        "offices": offices_of(questions),
        "days": days_of(plan),
        "machine_refuses": any(benefit.refuses for benefit in plan.benefits),
        "lead": department_name(plan.lead),
    }
    return show(request, "service", **context)


def plan_in_force(matter: Matter) -> MatterPlan:
    """The plan of an open matter: it always has a version in force."""
    version = matter.current
    if version is None:
        raise Http404
    return plan_of(version)


def _service(plan: MatterPlan) -> Service:
    papers = papers_of(plan)
    spared = sum(paper.is_spared for paper in papers)
    events = tuple(str(words.event_word(name)) for name in events_of(plan))
    return Service(plan.slug, bilingual(plan.title), bilingual(plan.summary), events, len(papers), spared)


def events_of(plan: MatterPlan) -> tuple[str, ...]:
    """The events of life at which people need the matter."""
    return tuple(plan.content.get("life_events", ()))


def speaks_of(plan: MatterPlan, asked: str) -> bool:
    """Whether each word that was asked for stands in a text of the matter, in either language."""
    texts = [plan.title, plan.summary, *(material.title for material in plan.materials), *(benefit.title for benefit in plan.benefits)]
    spoken = " ".join(text for both in texts for text in both.values()).casefold()
    return all(word in spoken for word in asked.casefold().split())


urlpatterns = [
    path("services", services, name="services"),
    path("services/<slug:slug>", service, name="service"),
]
