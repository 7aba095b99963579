"""The same people (tests/rules/access_newcomers.py) at one's own account and at the addresses for machines, which ask for no department."""

from __future__ import annotations

TABLE = """
method route                                                                          scenario   cit unb clk st2 dep end

GET    page:accounts/login/                                                           -          302 302 302 302 302 302
GET    page:accounts/logout/                                                          -          200 200 200 200 200 200
GET    page:accounts/signup/                                                          -          302 302 302 302 302 302
GET    page:accounts/inactive/                                                        -          200 200 200 200 200 200
GET    page:accounts/invitation/                                                      -          200 200 200 200 200 200
POST   page:accounts/invitation/                                                      -          422 422 422 422 422 422
GET    page:accounts/invitation/<uuid:person_id>/<str:token>/                         invited    200 200 200 200 200 200
GET    page:accounts/department/                                                      -          405 405 405 405 405 405
POST   page:accounts/department/                                                      -          403 403 403 403 403 403
GET    page:accounts/reauthenticate/                                                  -          403 403 403 403 403 403
GET    page:accounts/password/change/                                                 -          302 302 302 302 302 302
GET    page:accounts/password/set/                                                    -          200 200 200 200 200 200
GET    page:accounts/password/reset/                                                  -          200 200 200 200 200 200
GET    page:accounts/password/reset/done/                                             -          200 200 200 200 200 200
GET    page:accounts/password/reset/key/done/                                         -          200 200 200 200 200 200
GET    page:accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$       forged     200 200 200 200 200 200
GET    page:accounts/email/                                                           -          200 200 200 200 200 200
GET    page:accounts/confirm-email/                                                   -          200 200 200 200 200 200
GET    page:accounts/^confirm-email/(?P<key>[-:\\w]+)/$                                forged     200 200 200 200 200 200
GET    page:accounts/login/code/confirm/                                              -          302 302 302 302 302 302
GET    page:accounts/2fa/                                                             -          200 200 200 200 200 200
GET    page:accounts/2fa/authenticate/                                                -          302 302 302 302 302 302
GET    page:accounts/2fa/reauthenticate/                                              -          403 403 403 403 403 403
GET    page:accounts/2fa/totp/activate/                                               -          200 200 200 200 200 200
GET    page:accounts/2fa/totp/deactivate/                                             -          404 404 404 404 404 404
GET    page:accounts/2fa/recovery-codes/                                              -          404 404 404 404 404 404
GET    page:accounts/2fa/recovery-codes/generate/                                     -          200 200 200 200 200 200
GET    page:accounts/2fa/recovery-codes/download/                                     -          404 404 404 404 404 404

GET    page:me/account                                                                -          200 200 200 200 200 200
POST   page:me/account/end                                                            -          302 302 302 302 302 302
GET    page:accounts/programs/                                                        -          403 403 200 200 200 403
POST   page:accounts/programs/                                                        -          403 403 200 200 200 403
POST   page:accounts/programs/<uuid:program_id>/end/                                  -          403 403 404 404 404 403
GET    page:me/who-are-you                                                            -          302 200 200 200 200 200
POST   page:me/who-are-you                                                            -          302 422 200 200 200 422
GET    page:me/who-are-you/account                                                    -          302 302 302 302 302 302
POST   page:me/who-are-you/account                                                    -          302 302 302 302 302 302
GET    page:me/who-are-you/code                                                       -          302 302 302 302 302 302
POST   page:me/who-are-you/code                                                       -          302 302 302 302 302 302

GET    page:demo                                                                      -          404 404 404 404 404 404
GET    page:demo/messages                                                             -          404 404 404 404 404 404
GET    page:demo/sign-in/<slug:key>                                                   -          404 404 404 404 404 404
POST   page:demo/sign-in/<slug:key>                                                   -          404 404 404 404 404 404

GET    page:accounts/oidc/<slug:provider_id>/login/                                   -          405 405 405 405 405 405
POST   page:accounts/oidc/<slug:provider_id>/login/                                   -          404 404 404 404 404 404
GET    page:accounts/oidc/<slug:provider_id>/login/callback/                          -          404 404 404 404 404 404
GET    page:accounts/2fa/webauthn/                                                    -          200 200 200 200 200 200
GET    page:accounts/2fa/webauthn/add/                                                -          200 200 200 200 200 200
POST   page:accounts/2fa/webauthn/add/                                                -          200 200 200 200 200 200
GET    page:accounts/2fa/webauthn/reauthenticate/                                     -          403 403 403 403 403 403
GET    page:accounts/2fa/webauthn/keys/<int:pk>/remove/                               -          404 404 404 404 404 404
GET    page:accounts/2fa/webauthn/keys/<int:pk>/edit/                                 -          404 404 404 404 404 404
GET    page:accounts/2fa/webauthn/login/                                              -          302 302 302 302 302 302

GET    healthz/live                                                                   -          200 200 200 200 200 200
GET    sandbox/api/v1/keys                                                            -          200 200 200 200 200 200
POST   ^sandbox/exchange/.*$                                                          -          404 404 404 404 404 404
GET    ^sandbox/exchange/.*$                                                          -          404 404 404 404 404 404
GET    healthz/ready                                                                  -          200 200 200 200 200 200
GET    log/checkpoint                                                                 -          200 200 200 200 200 200
POST   log/checkpoint                                                                 -          405 405 405 405 405 405
GET    log/policy                                                                     -          200 200 200 200 200 200
GET    log/tile/<path:path>                                                           -          200 200 200 200 200 200
GET    log/tile/<path:path>                                                           forged     404 404 404 404 404 404
GET    catalog.jsonld                                                                 -          200 200 200 200 200 200
GET    ^catalog/datasets/(?P<code>[A-Za-z0-9_-]+)/download\\.(?P<form>csv|jsonl|json)$ -          403 403 403 403 403 403
GET    v                                                                              -          200 200 200 200 200 200
POST   v                                                                              -          422 422 422 422 422 422
GET    v/<str:licence_id>                                                             -          200 200 200 200 200 200
POST   v/<str:licence_id>                                                             -          405 405 405 405 405 405
GET    v/status/<int:list_number>                                                     -          200 200 200 200 200 200
GET    theme                                                                          -          405 405 405 405 405 405
POST   theme                                                                          -          302 302 302 302 302 302
"""
