"""Keeps the choice of light or dark in a cookie; works without JavaScript."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

COOKIE = "theme"
THEMES = ("light", "dark")
ONE_YEAR_SECONDS = 365 * 24 * 3600


def theme_of(request: HttpRequest | None) -> str:
    """Return `light`, `dark`, or an empty text when the device decides."""
    chosen = request.COOKIES.get(COOKIE, "") if request is not None else ""
    return chosen if chosen in THEMES else ""


# Exempt: a forged choice of colours harms nobody, and a token would give every anonymous reader of a public page a cookie.
@csrf_exempt
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Set the cookie and go back to `next`, which must be a page of this site."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    answer = HttpResponseRedirect(target)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        answer.set_cookie(COOKIE, theme, max_age=ONE_YEAR_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure())
    else:
        answer.delete_cookie(COOKIE)
    return answer
