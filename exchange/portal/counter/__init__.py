"""The counter: a clerk with a citizen present, and the citizen's own second screen."""

from __future__ import annotations

from django.urls import path

from exchange.portal.counter import account, desk, screen, visit

urlpatterns = [
    path("counter", desk.desk, name="counter"),
    path("counter/screen", desk.renew, name="counter_renew"),
    path("counter/visit", visit.present, name="counter_visit"),
    path("counter/visit/tick", visit.tick, name="counter_tick"),
    path("counter/visit/slip", visit.slip, name="counter_slip"),
    path("counter/visit/confirmed", visit.confirmed, name="counter_confirmed"),
    path("counter/visit/hand-in", visit.hand_in, name="counter_hand_in"),
    path("counter/visit/paper", visit.paper, name="counter_paper"),
    path("counter/visit/account", account.give, name="counter_account"),
    path("counter/visit/next", visit.next_person, name="counter_next"),
    path("me/who-are-you/counter", account.use, name="bind_counter"),
    path("screen/<str:screen>", screen.screen, name="counter_screen"),
    path("screen/<str:screen>/answer", screen.answer, name="counter_answer"),
]
