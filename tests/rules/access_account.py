"""Who opens which page of their own account, the ways to prove who one is, and the demonstration (404 for all: it is not one here).

As in access_pages.py: 401 stands for being led to sign-in. Everybody of the world is at work for a department, so the page that
asks who somebody is tells them to use an account of their own.
"""

from __future__ import annotations

TABLE = """
method route                                                        scenario   nobody req own stw pub adm rev aud out dta ina

GET    page:me/account                                              -          401 200 200 200 200 200 200 200 200 200 401
POST   page:me/account/end                                          -          401 302 302 302 302 302 302 302 302 302 401
GET    page:accounts/programs/                                      -          401 200 200 200 200 200 200 200 200 200 401
POST   page:accounts/programs/                                      -          401 200 200 200 200 200 200 200 200 200 401
POST   page:accounts/programs/<uuid:program_id>/end/                -          401 404 404 302 404 404 404 404 404 404 401
GET    page:me/who-are-you                                          -          200 200 200 200 200 200 200 200 200 200 200
POST   page:me/who-are-you                                          -          200 200 200 200 200 200 200 200 200 200 200
GET    page:me/who-are-you/account                                  -          200 302 302 302 302 302 302 302 302 302 200
POST   page:me/who-are-you/account                                  -          422 302 302 302 302 302 302 302 302 302 422
GET    page:me/who-are-you/code                                     -          401 302 302 302 302 302 302 302 302 302 401
POST   page:me/who-are-you/code                                     -          401 302 302 302 302 302 302 302 302 302 401

GET    page:demo                                                    -          404 404 404 404 404 404 404 404 404 404 404
GET    page:demo/messages                                           -          404 404 404 404 404 404 404 404 404 404 404
GET    page:demo/sign-in/<slug:key>                                 -          404 404 404 404 404 404 404 404 404 404 404
POST   page:demo/sign-in/<slug:key>                                 -          404 404 404 404 404 404 404 404 404 404 404

GET    page:accounts/oidc/<slug:provider_id>/login/                 -          405 405 405 405 405 405 405 405 405 405 405
POST   page:accounts/oidc/<slug:provider_id>/login/                 -          404 404 404 404 404 404 404 404 404 404 404
GET    page:accounts/oidc/<slug:provider_id>/login/callback/        -          404 404 404 404 404 404 404 404 404 404 404
GET    page:accounts/2fa/webauthn/                                  -          401 200 200 200 200 200 200 200 200 200 401
GET    page:accounts/2fa/webauthn/add/                              -          401 200 200 200 200 200 200 200 200 200 401
POST   page:accounts/2fa/webauthn/add/                              -          401 200 200 200 200 200 200 200 200 200 401
GET    page:accounts/2fa/webauthn/reauthenticate/                   -          401 403 403 403 403 403 403 403 403 403 401
GET    page:accounts/2fa/webauthn/keys/<int:pk>/remove/             -          401 404 404 404 404 404 404 404 404 404 401
GET    page:accounts/2fa/webauthn/keys/<int:pk>/edit/               -          401 404 404 404 404 404 404 404 404 404 401
GET    page:accounts/2fa/webauthn/login/                            -          302 302 302 302 302 302 302 302 302 302 302
"""
