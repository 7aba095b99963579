"""Who opens which page of the citizens' side: citizens, officers who decide, clerks at the counter, and who looks after them.

401 stands for being led to sign-in, 303 for being led to say first who one is ("who are you" on a citizen's page, the choice of a
department at a desk), 302 for a step that was taken or a page that leads on. What is somebody else's is 404, never 403: whether there is
such a thing is not told. Each POST sends what would be right (BODIES), so a refusal is one of the person and not of the form.
"""

from __future__ import annotations

from tests.affairs.world import IDENTIFIERS

CITIZENS = """
method route                                                    scenario  nobody own oth unb ofc of2 clk cl2 prv adm aud rev ina ofm dep end

GET    page:services                                             -         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   page:services                                             -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:services/<slug:slug>                                 -         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   page:services/<slug:slug>                                 -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:apply/<slug:slug>                                    -         401 302 302 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:apply/<slug:slug>                                    -         401 302 302 303 303 303 303 303 303 303 303 303 401 303 303 303

GET    page:me                                                   -         401 200 200 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me                                                   -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/cases                                             -         401 200 200 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/cases                                             -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/cases/<slug:number>                               started   401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>                               shown     401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>                               waiting   401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>                               officer   401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>                               noticed   401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>                               uploaded  401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>                               granted   401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>                               refused   401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>                               objected  401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>                               withdrawn 401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/cases/<slug:number>                               started   405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/cases/<slug:number>/progress                      shown     401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/cases/<slug:number>/progress                      shown     405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/cases/<slug:number>/ask                           started   405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:me/cases/<slug:number>/ask                           started   401 302 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>/submit                        accepted  405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:me/cases/<slug:number>/submit                        accepted  401 302 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>/withdraw                      shown     401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>/withdraw                      granted   401 302 404 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/cases/<slug:number>/withdraw                      shown     401 302 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>/appeal                        refused   401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/cases/<slug:number>/appeal                        refused   401 302 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>/answer                        noticed   405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:me/cases/<slug:number>/answer                        noticed   401 302 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>/items/<slug:requirement>      shown     401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/cases/<slug:number>/items/<slug:requirement>      uploaded  401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/cases/<slug:number>/items/<slug:requirement>      shown     401 302 404 303 303 303 303 303 303 303 303 303 401 303 303 303

GET    page:me/offers                                            -         401 200 200 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/offers                                            -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/offers/<uuid:offer_id>                            -         401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/offers/<uuid:offer_id>                            -         401 302 404 303 303 303 303 303 303 303 303 303 401 303 303 303

GET    page:me/licences/<str:licence_id>                         -         401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/licences/<str:licence_id>                         -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/licences/<str:licence_id>/print                   -         401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/licences/<str:licence_id>/print                   -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/licences/<str:licence_id>                         forged    401 404 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/licences/<str:licence_id>/payments/<uuid:order_id>/account - 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:me/licences/<str:licence_id>/payments/<uuid:order_id>/account - 401 302 404 303 303 303 303 303 303 303 303 303 401 303 303 303

GET    page:me/access                                            -         401 200 200 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/access                                            -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/access/take-away                                  -         401 200 200 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/access/take-away                                  -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/access/<int:entry>                                -         401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/access/<int:entry>                                -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/access/<int:entry>/slip                           -         401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/access/<int:entry>/slip                           -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/access/<int:entry>/why                            -         401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/access/<int:entry>/why                            -         401 302 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/access/<int:entry>/wrong                          -         401 200 404 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/access/<int:entry>/wrong                          -         401 302 404 303 303 303 303 303 303 303 303 303 401 303 303 303
GET    page:me/questions                                         -         401 200 200 303 303 303 303 303 303 303 303 303 401 303 303 303
POST   page:me/questions                                         -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/questions/<uuid:question_id>/take-back            -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:me/questions/<uuid:question_id>/take-back            -         401 302 404 303 303 303 303 303 303 303 303 303 401 303 303 303
"""

# An account at work is never bound to a citizen: its holder is told to use one of their own.
ACCOUNT = """
method route                                                    scenario  nobody own oth unb ofc of2 clk cl2 prv adm aud rev ina ofm dep end

GET    page:me/account                                           -         401 200 200 200 200 200 200 200 200 200 200 200 401 200 200 200
POST   page:me/account                                           -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:me/account/end                                       -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:me/account/end                                       -         401 302 302 302 302 302 302 302 302 302 302 302 401 302 302 302
GET    page:me/who-are-you                                       -         200 302 302 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   page:me/who-are-you                                       -         200 302 302 422 200 200 200 200 200 200 200 200 200 200 200 422
GET    page:me/who-are-you/account                               -         200 302 302 302 302 302 302 302 302 302 302 302 200 302 302 302
POST   page:me/who-are-you/account                               -         422 302 302 302 302 302 302 302 302 302 302 302 422 302 302 302
GET    page:me/who-are-you/code                                  -         401 302 302 302 302 302 302 302 302 302 302 302 401 302 302 302
POST   page:me/who-are-you/code                                  -         401 302 302 302 302 302 302 302 302 302 302 302 401 302 302 302
GET    page:me/who-are-you/counter                               -         401 200 200 200 302 302 302 302 302 302 302 302 401 302 302 200
POST   page:me/who-are-you/counter                               -         401 422 422 422 302 302 302 302 302 302 302 302 401 302 302 422

GET    page:accounts/oidc/<slug:provider_id>/login/              -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:accounts/oidc/<slug:provider_id>/login/              -         404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET    page:accounts/oidc/<slug:provider_id>/login/callback/     -         404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
POST   page:accounts/oidc/<slug:provider_id>/login/callback/     -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:accounts/2fa/webauthn/                               -         401 200 200 200 200 200 200 200 200 200 200 200 401 200 200 200
GET    page:accounts/2fa/webauthn/add/                           -         401 200 200 200 200 200 200 200 200 200 200 200 401 200 200 200
POST   page:accounts/2fa/webauthn/add/                           -         401 200 200 200 200 200 200 200 200 200 200 200 401 200 200 200
GET    page:accounts/2fa/webauthn/reauthenticate/                -         401 403 403 403 403 403 403 403 403 403 403 403 401 403 403 403
POST   page:accounts/2fa/webauthn/reauthenticate/                -         401 403 403 403 403 403 403 403 403 403 403 403 401 403 403 403
GET    page:accounts/2fa/webauthn/keys/<int:pk>/remove/          -         401 404 404 404 404 404 404 404 404 404 404 404 401 404 404 404
POST   page:accounts/2fa/webauthn/keys/<int:pk>/remove/          -         401 404 404 404 404 404 404 404 404 404 404 404 401 404 404 404
GET    page:accounts/2fa/webauthn/keys/<int:pk>/edit/            -         401 404 404 404 404 404 404 404 404 404 404 404 401 404 404 404
POST   page:accounts/2fa/webauthn/keys/<int:pk>/edit/            -         401 404 404 404 404 404 404 404 404 404 404 404 401 404 404 404
GET    page:accounts/2fa/webauthn/login/                         -         302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
POST   page:accounts/2fa/webauthn/login/                         -         302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
"""

# An officer opens a case that waits for an officer of its matter, and nobody else does; whoever is asked about a line or told that a
# register is wrong is the department behind it.
OFFICERS = """
method route                                                    scenario  nobody own oth unb ofc of2 clk cl2 prv adm aud rev ina ofm dep end

GET    page:console/cases                                        -         401 303 303 303 200 200 200 200 200 200 200 200 401 200 403 303
POST   page:console/cases                                        -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:console/cases/<str:number>                           officer   401 303 303 303 200 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>                           noticed   401 303 303 303 200 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>                           waiting   401 303 303 303 200 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>                           objected  401 303 303 303 200 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>                           started   401 303 303 303 404 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>                           shown     401 303 303 303 404 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>                           granted   401 303 303 303 404 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>                           withdrawn 401 303 303 303 404 404 404 404 404 404 404 404 401 404 403 303
POST   page:console/cases/<str:number>                           officer   405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:console/cases/<str:number>/decide                    officer   401 303 303 303 200 404 404 404 404 404 404 404 401 404 403 303
POST   page:console/cases/<str:number>/decide                    officer   401 303 303 303 302 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>/decide                    objected  401 303 303 303 404 404 404 404 404 404 404 404 401 404 403 303
POST   page:console/cases/<str:number>/decide                    granted   401 303 303 303 404 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>/notice                    officer   401 303 303 303 200 404 404 404 404 404 404 404 401 404 403 303
POST   page:console/cases/<str:number>/notice                    officer   401 303 303 303 302 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>/looked                    waiting   405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:console/cases/<str:number>/looked                    waiting   401 303 303 303 302 404 404 404 404 404 404 404 401 404 403 303
POST   page:console/cases/<str:number>/notice                    waiting   401 303 303 303 404 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>/appeal                    objected  401 303 303 303 200 404 404 404 404 404 404 404 401 404 403 303
POST   page:console/cases/<str:number>/appeal                    objected  401 303 303 303 302 404 404 404 404 404 404 404 401 404 403 303
POST   page:console/cases/<str:number>/appeal                    refused   401 303 303 303 404 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>/items/<slug:requirement>  waiting   401 303 303 303 200 404 404 404 404 404 404 404 401 404 403 303
POST   page:console/cases/<str:number>/items/<slug:requirement>  waiting   401 303 303 303 302 404 404 404 404 404 404 404 401 404 403 303
POST   page:console/cases/<str:number>/items/<slug:requirement>  granted   401 303 303 303 404 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>/uploads/<uuid:upload>     uploaded  401 303 303 303 200 404 404 404 404 404 404 404 401 404 403 303
GET    page:console/cases/<str:number>/uploads/<uuid:upload>     officer   401 303 303 303 404 404 404 404 404 404 404 404 401 404 403 303
POST   page:console/cases/<str:number>/uploads/<uuid:upload>     uploaded  405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405

GET    page:console/questions                                    -         401 303 303 303 200 200 200 200 200 200 200 200 401 200 403 303
POST   page:console/questions                                    -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:console/questions/<uuid:question_id>                 -         401 303 303 303 200 200 404 404 404 404 404 404 401 200 403 303
POST   page:console/questions/<uuid:question_id>                 -         401 303 303 303 302 302 404 404 404 404 404 404 401 302 403 303
GET    page:console/objections                                   -         401 303 303 303 200 200 200 200 200 200 200 200 401 200 403 303
POST   page:console/objections                                   -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:console/objections/<uuid:objection_id>               -         401 303 303 303 404 404 404 404 200 404 404 404 401 404 403 303
POST   page:console/objections/<uuid:objection_id>               -         401 303 303 303 404 404 404 404 302 404 404 404 401 404 403 303
GET    page:console/objections/<uuid:objection_id>/whose         -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:console/objections/<uuid:objection_id>/whose         -         401 303 303 303 404 404 404 404 200 404 404 404 401 404 403 303

GET    page:console/payments                                     -         401 303 303 303 200 200 403 403 200 403 403 403 401 200 403 303
POST   page:console/payments                                     -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:console/payments/<uuid:order_id>/paid                ordered   405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:console/payments/<uuid:order_id>/paid                ordered   401 303 303 303 302 302 404 404 404 404 404 404 401 302 403 303
GET    page:console/payments/<uuid:order_id>/returned            ordered   401 303 303 303 200 200 404 404 404 404 404 404 401 200 403 303
POST   page:console/payments/<uuid:order_id>/returned            ordered   401 303 303 303 302 302 404 404 404 404 404 404 401 302 403 303
GET    page:console/licences/revoke                              -         401 303 303 303 200 200 403 403 200 403 403 403 401 200 403 303
POST   page:console/licences/revoke                              -         401 303 303 303 302 422 403 403 422 403 403 403 401 422 403 303

GET    page:audit/spared/<slug:code>/<int:year>/<int:month>      -         401 403 403 403 403 403 403 403 403 403 200 200 401 403 403 403
POST   page:audit/spared/<slug:code>/<int:year>/<int:month>      -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
"""

# The clerk's desk is that of whoever signed in; the second screen belongs to nobody who signs in, its address is the secret.
COUNTER = """
method route                                                    scenario  nobody own oth unb ofc of2 clk cl2 prv adm aud rev ina ofm dep end

GET    page:counter                                              -         401 303 303 303 403 403 302 200 403 403 403 403 401 403 403 303
POST   page:counter                                              -         401 303 303 303 403 403 302 302 403 403 403 403 401 403 403 303
GET    page:counter/screen                                       -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:counter/screen                                       -         401 303 303 303 403 403 302 302 403 403 403 403 401 403 403 303
GET    page:counter/visit                                        -         401 303 303 303 403 403 200 302 403 403 403 403 401 403 403 303
POST   page:counter/visit                                        -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:counter/visit/tick                                   -         401 303 303 303 403 403 200 200 403 403 403 403 401 403 403 303
POST   page:counter/visit/tick                                   -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:counter/visit/slip                                   -         401 303 303 303 403 403 200 302 403 403 403 403 401 403 403 303
POST   page:counter/visit/slip                                   -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:counter/visit/confirmed                              -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:counter/visit/confirmed                              -         401 303 303 303 403 403 302 302 403 403 403 403 401 403 403 303
GET    page:counter/visit/hand-in                                -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:counter/visit/hand-in                                -         401 303 303 303 403 403 302 302 403 403 403 403 401 403 403 303
GET    page:counter/visit/paper                                  -         401 303 303 303 403 403 200 302 403 403 403 403 401 403 403 303
POST   page:counter/visit/paper                                  -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:counter/visit/account                                -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:counter/visit/account                                -         401 303 303 303 403 403 200 302 403 403 403 403 401 403 403 303
GET    page:counter/visit/next                                   -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:counter/visit/next                                   -         401 303 303 303 403 403 302 302 403 403 403 403 401 403 403 303
GET    page:screen/<str:screen>                                  -         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   page:screen/<str:screen>                                  -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:screen/<str:screen>                                  forged    404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET    page:screen/<str:screen>/answer                           -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:screen/<str:screen>/answer                           -         302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
POST   page:screen/<str:screen>/answer                           forged    404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404

GET    v                                                         -         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   v                                                         -         422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422
GET    v/<str:licence_id>                                        -         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    v/<str:licence_id>                                        forged    200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    v/status/<int:list_number>                                -         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   v/status/<int:list_number>                                -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
"""

# Where the demonstration is switched on; elsewhere each of these is a 404 (access_account.py).
DEMONSTRATION = """
method route                                                    scenario  nobody own oth unb ofc of2 clk cl2 prv adm aud rev ina ofm dep end

GET    page:demo                                                 -         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   page:demo                                                 -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:demo/messages                                        -         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   page:demo/messages                                        -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
GET    page:demo/sign-in/<slug:key>                              -         405 405 405 405 405 405 405 405 405 405 405 405 405 405 405 405
POST   page:demo/sign-in/<slug:key>                              -         302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
POST   page:demo/sign-in/<slug:key>                              forged    404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
"""

# What is sent; `{name}` stands for what that placeholder stands for in an address.
WORDS = {"words": "It came last week."}
_CASE, _DESK = "page:me/cases/<slug:number>", "page:console/cases/<str:number>"
BODIES: dict[str, dict[str, str]] = {
    f"{_CASE}/appeal": WORDS,
    f"{_CASE}/items/<slug:requirement>": {"do": "decline"},
    "page:me/offers/<uuid:offer_id>": {"do": "decline"},
    "page:me/licences/<str:licence_id>/payments/<uuid:order_id>/account": {"bank": "City Bank", "number": "6222000011112222"},
    "page:me/access/<int:entry>/why": WORDS,
    "page:me/access/<int:entry>/wrong": WORDS,
    "page:me/who-are-you/counter": {"code": "ABCD-EFGH-JKLM"},
    f"{_DESK}/decide": {"outcome": "GRANTED", "article": "Part 2", "reason": "The certificate was shown."},
    f"{_DESK}/notice": {"missing": "A photo of the certificate."},
    f"{_DESK}/appeal": {"upheld": "no", "reason": "The certificate is over."},
    f"{_DESK}/items/<slug:requirement>": {"answer": "YES", "reason": "The certificate was shown."},
    "page:console/questions/<uuid:question_id>": {"words": "For your application."},
    "page:console/objections/<uuid:objection_id>": {"upheld": "no", "answer": "We have looked."},
    "page:console/payments/<uuid:order_id>/returned": {"because": "ACCOUNT_CLOSED"},
    "page:console/licences/revoke": {"licence": "{licence_id}", "reason": "It was issued by mistake."},
    "page:counter": {"matter": "M04", "kind": "person", "identifier": IDENTIFIERS["neighbour"]},
}
