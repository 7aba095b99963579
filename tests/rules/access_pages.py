"""Who opens which page, and who may press its button.

401 stands for being led to sign-in, 303 for being led to say first who one is, 302 for a step that was taken.

A POST sends an empty form: 422 or 400 says that the person stands before the form and has to fill it in, 403 that the step is not theirs,
404 that they are not told whether there is such a thing.
"""

from __future__ import annotations

TABLE = """
method route                                                        scenario   nobody req own stw pub adm rev aud out dta ina

GET    page:                                                        -          200 200 200 200 200 200 200 200 200 200 200
GET    page:status                                                  -          200 200 200 200 200 200 200 200 200 200 200
GET    page:help                                                    -          200 200 200 200 200 200 200 200 200 200 200
GET    page:privacy                                                 -          200 200 200 200 200 200 200 200 200 200 200
GET    page:accessibility                                           -          200 200 200 200 200 200 200 200 200 200 200
GET    page:look                                                    -          404 404 404 404 404 404 404 404 404 404 404
GET    page:look/tick                                               -          404 404 404 404 404 404 404 404 404 404 404
GET    page:verify                                                  -          200 200 200 200 200 200 200 200 200 200 200
POST   page:verify                                                  -          422 422 422 422 422 422 422 422 422 422 422
GET    page:developers                                              -          200 200 200 200 200 200 200 200 200 200 200
POST   page:developers                                              -          422 422 422 422 422 422 422 422 422 422 422
GET    page:developers/keys/<slug:system>                           -          200 200 200 200 200 200 200 200 200 200 200
GET    page:developers/keys/<slug:system>                           forged     404 404 404 404 404 404 404 404 404 404 404
GET    page:developers/keys/<slug:system>/hub.toml                  -          200 200 200 200 200 200 200 200 200 200 200
GET    page:transparency                                            -          200 200 200 200 200 200 200 200 200 200 200
GET    page:catalog                                                 -          200 200 200 200 200 200 200 200 200 200 200
GET    page:catalog/<slug:code>                                     -          200 200 200 200 200 200 200 200 200 200 200

GET    page:console                                                 -          401 200 200 200 200 200 200 200 200 200 401
GET    page:console/datasets                                        -          401 200 200 200 200 200 200 200 200 200 401
GET    page:console/datasets/new                                    -          401 403 403 200 200 403 403 403 403 403 401
POST   page:console/datasets/new                                    -          401 403 403 400 400 403 403 403 403 403 401
GET    page:console/datasets/<slug:code>                            -          401 404 404 200 200 404 404 404 404 404 401
POST   page:console/datasets/<slug:code>                            -          401 404 404 400 400 404 404 404 404 404 401
POST   page:console/datasets/<slug:code>/offline                    -          401 404 404 302 302 404 404 404 404 404 401
POST   page:console/datasets/<slug:code>/online                     closed     401 404 404 302 302 404 404 404 404 404 401
POST   page:console/datasets/<slug:code>/restrict                   -          401 404 404 302 302 404 404 404 404 404 401
POST   page:console/datasets/<slug:code>/unrestrict                 closed     401 404 404 302 302 404 404 404 404 404 401
GET    page:console/loads/<uuid:load_id>                            -          401 404 404 200 200 404 404 404 404 404 401
POST   page:console/loads/<uuid:load_id>/publish                    -          401 404 404 302 302 404 404 404 404 404 401

GET    page:console/requests                                        -          401 200 200 200 200 200 200 200 200 200 401
GET    page:console/requests/new                                    -          401 200 200 403 403 403 403 403 200 403 401
POST   page:console/requests/new                                    -          401 422 422 403 403 403 403 403 422 403 401
GET    page:console/requests/<str:number>                           submitted  401 200 200 200 200 200 200 200 404 404 401
GET    page:console/requests/<str:number>                           draft      401 200 404 404 404 404 200 200 404 404 401
GET    page:console/requests/<str:number>/about                     draft      401 200 404 404 404 404 403 403 404 404 401
POST   page:console/requests/<str:number>/about                     draft      401 422 404 404 404 404 403 403 404 404 401
GET    page:console/requests/<str:number>/send                      draft      401 200 404 404 404 404 403 403 404 404 401
POST   page:console/requests/<str:number>/submit                    draft      401 302 404 404 404 404 403 403 404 404 401
GET    page:console/requests/<str:number>/<str:dataset>/edit        draft      401 200 404 404 404 404 403 403 404 404 401
POST   page:console/requests/<str:number>/<str:dataset>/edit        draft      401 422 404 404 404 404 403 403 404 404 401
GET    page:console/requests/<str:number>/<str:dataset>/check       submitted  401 403 403 403 403 403 200 403 404 404 401
POST   page:console/requests/<str:number>/<str:dataset>/check       submitted  401 403 403 403 403 403 302 403 404 404 401
GET    page:console/requests/<str:number>/<str:dataset>/return      submitted  401 403 403 403 403 403 200 403 404 404 401
POST   page:console/requests/<str:number>/<str:dataset>/return      checked    401 403 422 422 403 403 403 403 404 404 401
GET    page:console/requests/<str:number>/<str:dataset>/approve     checked    401 403 200 200 403 403 403 403 404 404 401
POST   page:console/requests/<str:number>/<str:dataset>/approve     checked    401 403 422 422 403 403 403 403 404 404 401
GET    page:console/requests/<str:number>/<str:dataset>/refuse      checked    401 403 200 200 403 403 403 403 404 404 401
POST   page:console/requests/<str:number>/<str:dataset>/refuse      checked    401 403 422 422 403 403 403 403 404 404 401
GET    page:console/requests/<str:number>/<str:dataset>/confirm     once       401 403 200 200 403 403 403 403 404 404 401
POST   page:console/requests/<str:number>/<str:dataset>/confirm     once       401 403 302 302 403 403 403 403 404 404 401
GET    page:console/requests/<str:number>/<str:dataset>/send_back   once       401 403 200 200 403 403 403 403 404 404 401
POST   page:console/requests/<str:number>/<str:dataset>/send_back   once       401 403 422 422 403 403 403 403 404 404 401
POST   page:console/requests/<str:number>/<str:dataset>/say         submitted  401 422 422 422 403 403 422 403 404 404 401
GET    page:console/requests/<str:number>/<str:dataset>/withdraw    submitted  401 200 403 403 403 403 403 403 404 404 401
POST   page:console/requests/<str:number>/<str:dataset>/withdraw    submitted  401 422 403 403 403 403 403 403 404 404 401

GET    page:console/agreements                                      -          401 200 200 200 200 200 200 200 200 200 401
GET    page:console/agreements/<str:agreement_id>                   -          401 200 200 200 200 200 200 200 404 404 401
GET    page:console/agreements/<str:agreement_id>/use               -          401 200 200 200 200 200 200 200 404 404 401
GET    page:console/agreements/<str:agreement_id>/rehearsal         -          401 200 200 200 200 200 200 200 404 404 401
GET    page:console/agreements/<str:agreement_id>/rehearsal         proposed   401 200 200 200 200 200 200 200 404 404 401
POST   page:console/agreements/<str:agreement_id>/narrow            -          401 302 403 403 403 403 403 403 404 404 401
GET    page:console/agreements/<str:agreement_id>/sign              proposed   401 200 403 403 403 403 403 403 404 404 401
POST   page:console/agreements/<str:agreement_id>/sign              proposed   401 302 403 403 403 403 403 403 404 404 401
GET    page:console/agreements/<str:agreement_id>/signature         proposed   401 403 200 200 403 403 403 403 404 404 401
POST   page:console/agreements/<str:agreement_id>/signature         proposed   401 403 422 422 403 403 403 403 404 404 401
GET    page:console/agreements/<str:agreement_id>/suspend           -          401 200 200 200 403 403 200 403 404 404 401
POST   page:console/agreements/<str:agreement_id>/suspend           -          401 422 422 422 403 403 422 403 404 404 401
GET    page:console/agreements/<str:agreement_id>/resume            suspended  401 200 200 200 403 403 200 403 404 404 401
POST   page:console/agreements/<str:agreement_id>/resume            suspended  401 422 422 422 403 403 422 403 404 404 401
GET    page:console/agreements/<str:agreement_id>/revoke            -          401 200 200 200 403 403 200 403 404 404 401
POST   page:console/agreements/<str:agreement_id>/revoke            -          401 422 422 422 403 403 422 403 404 404 401
POST   page:console/agreements/<str:agreement_id>/change            -          401 302 403 403 403 403 403 403 404 404 401
POST   page:console/agreements/<str:agreement_id>/renew             -          401 302 403 403 403 403 403 403 404 404 401
GET    page:console/agreements/<str:agreement_id>/pdf               -          401 200 200 200 200 200 200 200 404 404 401
GET    page:console/agreements/<str:agreement_id>/odrl              -          401 200 200 200 200 200 200 200 404 404 401

GET    page:console/standing-offers                                 -          401 200 200 200 200 200 200 200 200 200 401
GET    page:console/standing-offers/new                             -          401 404 200 200 403 403 403 403 404 403 401
POST   page:console/standing-offers/new                             -          401 404 422 422 403 403 403 403 404 403 401
GET    page:console/standing-offers/emergency                       -          401 403 403 403 403 403 200 403 403 403 401
POST   page:console/standing-offers/emergency                       -          401 403 403 403 403 403 422 403 403 403 401
GET    page:console/standing-offers/<str:offer_id>                  -          401 200 200 200 200 200 200 200 404 404 401
GET    page:console/standing-offers/<str:offer_id>                  written    401 404 200 200 200 200 200 200 404 404 401
GET    page:console/standing-offers/<str:offer_id>/sign             written    401 404 200 200 403 403 403 403 404 404 401
POST   page:console/standing-offers/<str:offer_id>/sign             written    401 404 302 302 403 403 403 403 404 404 401
GET    page:console/standing-offers/<str:offer_id>/withdraw         written    401 404 200 200 403 403 403 403 404 404 401
POST   page:console/standing-offers/<str:offer_id>/withdraw         written    401 404 302 302 403 403 403 403 404 404 401
GET    page:console/standing-offers/<str:offer_id>/suspend          -          401 403 200 200 403 403 200 403 404 404 401
POST   page:console/standing-offers/<str:offer_id>/suspend          -          401 403 422 422 403 403 422 403 404 404 401
GET    page:console/standing-offers/<str:offer_id>/resume           stopped    401 403 200 200 403 403 200 403 404 404 401
POST   page:console/standing-offers/<str:offer_id>/resume           stopped    401 403 422 422 403 403 422 403 404 404 401
GET    page:console/standing-offers/<str:offer_id>/revoke           -          401 403 200 200 403 403 200 403 404 404 401
POST   page:console/standing-offers/<str:offer_id>/revoke           -          401 403 422 422 403 403 422 403 404 404 401
GET    page:console/standing-offers/<str:offer_id>/join             -          401 200 403 403 403 403 403 403 404 404 401
POST   page:console/standing-offers/<str:offer_id>/join             -          401 422 403 403 403 403 403 403 404 404 401
GET    page:console/standing-offers/<str:offer_id>/review           ended      401 403 403 403 403 403 200 403 404 404 401
POST   page:console/standing-offers/<str:offer_id>/review           ended      401 403 403 403 403 403 422 403 404 404 401
GET    page:console/deliveries                                      -          401 200 200 200 200 200 200 200 200 200 401
GET    page:console/deliveries/<str:delivery_number>                -          401 200 200 200 200 200 200 200 404 404 401
GET    page:console/deliveries/<str:delivery_number>/progress       -          401 200 200 200 200 200 200 200 404 404 401
POST   page:console/deliveries/<str:delivery_number>/cancel         -          401 302 302 403 403 403 302 403 404 404 401
GET    page:console/webhooks                                        -          401 200 200 200 200 200 200 200 200 200 401
GET    page:console/webhooks/new                                    -          401 200 200 403 403 403 403 403 200 403 401
POST   page:console/webhooks/new                                    -          401 422 422 403 403 403 403 403 422 403 401
GET    page:console/webhooks/<str:webhook_number>                   -          401 200 404 404 404 404 200 200 404 404 401
POST   page:console/webhooks/<str:webhook_number>/confirm           -          401 403 404 404 404 404 302 403 404 404 401
POST   page:console/webhooks/<str:webhook_number>/decline           -          401 403 404 404 404 404 302 403 404 404 401
POST   page:console/webhooks/<str:webhook_number>/end               -          401 302 404 404 404 404 302 403 404 404 401
POST   page:console/webhooks/<str:webhook_number>/resume            -          401 302 404 404 404 404 403 403 404 404 401
POST   page:console/webhooks/<str:webhook_number>/secret            -          401 200 404 404 404 404 403 403 404 404 401
POST   page:console/webhooks/<str:webhook_number>/messages/<str:message_number>/again -          401 302 404 404 404 404 403 403 404 404 401

GET    page:console/requests/<str:number>/<str:dataset>/clock       checked    401 200 200 200 200 200 200 200 404 404 401
POST   page:console/requests/<str:number>/<str:dataset>/clock       checked    401 403 403 403 403 403 403 403 404 404 401
GET    page:console/corrections                                     -          401 200 200 200 200 200 200 200 200 200 401
GET    page:console/corrections/<str:number>                        correction 401 200 200 200 200 200 200 200 404 404 401
POST   page:console/corrections/<str:number>                        correction 401 403 422 422 403 403 403 403 404 404 401
POST   page:console/corrections/<str:number>/take_back              correction 401 302 403 403 403 403 403 403 404 404 401
POST   page:console/corrections/<str:number>/whose                  correction 401 200 200 200 403 403 403 403 404 404 401
POST   page:console/corrections/notices/<int:notice_id>/seen        -          401 302 404 404 404 404 404 404 404 404 401
GET    page:console/agreements/<str:agreement_id>/wrong             -          401 200 403 403 403 403 403 403 404 404 401
POST   page:console/agreements/<str:agreement_id>/wrong             -          401 422 403 403 403 403 403 403 404 404 401
GET    page:console/disputes                                        -          401 200 200 200 200 200 200 200 200 200 401
GET    page:console/disputes/<str:number>                           talks      401 200 200 200 200 200 200 200 404 404 401
POST   page:console/disputes/<str:number>                           talks      401 422 422 422 403 403 403 403 404 404 401
POST   page:console/disputes/<str:number>/settle                    talks      401 302 302 302 403 403 403 403 404 404 401
POST   page:console/disputes/<str:number>/take_back                 talks      401 302 403 403 403 403 403 403 404 404 401
GET    page:console/disputes/<str:number>/hand_over                 talks      401 200 200 200 403 403 403 403 404 404 401
POST   page:console/disputes/<str:number>/hand_over                 talks      401 422 422 422 403 403 403 403 404 404 401
GET    page:console/disputes/<str:number>/rule                      ruling     401 403 403 403 403 403 200 403 404 404 401
POST   page:console/disputes/<str:number>/rule                      ruling     401 403 403 403 403 403 422 403 404 404 401
GET    page:console/requests/<str:number>/<str:dataset>/dispute     refused    401 200 200 200 403 403 403 403 404 404 401
POST   page:console/requests/<str:number>/<str:dataset>/dispute     refused    401 422 422 422 403 403 403 403 404 404 401
GET    page:console/corrections/<str:number>/dispute                correction 401 200 200 200 403 403 403 403 404 404 401
POST   page:console/corrections/<str:number>/dispute                correction 401 422 422 422 403 403 403 403 404 404 401
GET    page:console/agreements/<str:agreement_id>/dispute           -          401 200 200 200 403 403 403 403 404 404 401
POST   page:console/agreements/<str:agreement_id>/dispute           -          401 422 422 422 403 403 403 403 404 404 401

GET    page:console/queue                                           -          401 200 200 200 200 200 200 200 200 200 401
GET    page:console/queue/<str:question_id>                         -          401 404 200 404 404 200 404 404 404 404 401
GET    page:console/queue/<str:question_id>                         claimed    401 404 200 404 404 200 404 404 404 404 401
POST   page:console/queue/<str:question_id>                         -          401 404 403 404 404 403 404 404 404 404 401
POST   page:console/queue/<str:question_id>                         claimed    401 404 422 404 404 403 404 404 404 404 401
POST   page:console/queue/<str:question_id>/claim                   -          401 404 302 404 404 403 404 404 404 404 401
POST   page:console/queue/<str:question_id>/release                 claimed    401 404 302 404 404 302 404 404 404 404 401
POST   page:console/queue/<str:question_id>/decline                 claimed    401 404 422 404 404 403 404 404 404 404 401

GET    page:console/keys                                            -          401 200 200 200 200 200 200 200 200 200 401
GET    page:console/keys/new                                        -          401 403 403 403 403 200 403 403 403 200 401
POST   page:console/keys/new                                        -          401 403 403 403 403 422 403 403 403 422 401
GET    page:console/keys/answers/new                                -          401 403 403 403 403 200 403 403 403 200 401
POST   page:console/keys/answers/new                                -          401 403 403 403 403 422 403 403 403 422 401
GET    page:console/keys/<str:code>/new                             system     401 404 403 403 403 200 404 404 404 404 401
POST   page:console/keys/<str:code>/new                             system     401 404 403 403 403 422 404 404 404 404 401
POST   page:console/keys/waiting/<uuid:request_id>                  -          401 404 403 403 403 302 404 404 404 404 401
GET    page:console/keys/<str:owner>/<str:name>/revoke              -          401 404 403 403 403 200 404 404 404 404 401
POST   page:console/keys/<str:owner>/<str:name>/revoke              -          401 404 403 403 403 422 404 404 404 404 401
GET    page:console/people                                          -          401 200 200 200 200 200 200 200 200 200 401
GET    page:console/people/invite                                   -          401 403 403 403 403 200 403 403 403 200 401
POST   page:console/people/invite                                   -          401 403 403 403 403 422 403 403 403 422 401
GET    page:console/people/grant                                    -          401 403 403 403 403 200 403 403 403 200 401
POST   page:console/people/grant                                    -          401 403 403 403 403 422 403 403 403 422 401
GET    page:console/people/appoint                                  -          401 403 403 403 403 200 403 403 403 200 401
POST   page:console/people/appoint                                  -          401 403 403 403 403 422 403 403 403 422 401
POST   page:console/people/<uuid:person_id>/invite                  -          401 404 404 404 403 302 404 404 404 302 401
POST   page:console/people/roles/<int:membership_id>/end            -          401 404 404 404 403 302 404 404 404 404 401
POST   page:console/people/stewards/<str:code>/<uuid:person_id>/dismiss steward 401 404 404 403 404 302 404 404 404 404 401
GET    page:console/people/officers                                 -          401 403 403 403 403 200 403 403 403 200 401
POST   page:console/people/officers                                 -          401 403 403 403 403 422 403 403 403 422 401
GET    page:console/people/confirm                                  -          401 403 403 403 403 200 403 403 403 200 401
POST   page:console/people/confirm                                  -          401 403 403 403 403 302 403 403 403 302 401
GET    page:console/people/<uuid:person_id>                         -          401 404 404 404 200 200 404 404 404 200 401
POST   page:console/people/<uuid:person_id>/withdraw                invited    401 404 404 404 404 302 404 404 404 302 401
GET    page:console/people/<uuid:person_id>/deputy                  -          401 404 404 404 200 200 404 404 404 200 401
POST   page:console/people/<uuid:person_id>/deputy                  -          401 404 404 404 422 422 404 404 404 422 401
GET    page:console/people/<uuid:person_id>/leave                   -          401 403 403 403 403 200 403 403 403 200 401
POST   page:console/people/<uuid:person_id>/leave                   -          401 403 403 403 403 302 403 403 403 403 401
POST   page:console/people/deputies/<int:deputyship_id>/end         -          401 404 302 404 302 302 404 404 404 404 401
POST   page:console/people/officers/<str:matter>/<uuid:person_id>/dismiss -          401 404 404 404 404 404 404 404 404 404 401

GET    page:console/offers                                          -          401 200 200 200 200 200 200 200 200 200 401
POST   page:console/offers/<slug:matter>/start                      -          401 422 404 404 404 404 404 404 404 404 401
GET    page:console/offers/<slug:matter>/<slug:month>               -          401 200 404 404 404 404 404 404 404 404 401
GET    page:console/offers/<slug:matter>/<slug:month>/progress      -          401 200 404 404 404 404 404 404 404 404 401
POST   page:console/offers/<slug:matter>/<slug:month>/resume        -          401 302 404 404 404 404 404 404 404 404 401

GET    page:audit                                                   -          401 403 403 403 403 403 200 200 403 200 401
GET    page:audit/entries/<int:index>                               -          401 403 403 403 403 403 200 200 403 200 401
GET    page:audit/entries/<int:index>/proof.json                    -          401 403 403 403 403 403 200 200 403 200 401
GET    page:audit/alarms                                           -          401 403 403 403 403 403 200 200 403 200 401
GET    page:audit/alarms/<str:number>                              alarm      401 403 403 403 403 403 200 200 403 200 401
POST   page:audit/alarms/<str:number>                              alarm      401 403 403 403 403 403 422 403 403 403 401
GET    page:audit/verify                                            -          401 403 403 403 403 403 200 200 403 200 401
POST   page:audit/verify/start                                      -          401 403 403 403 403 403 302 302 403 302 401
GET    page:audit/verify/<uuid:run_id>                              -          401 403 403 403 403 403 200 200 403 200 401
GET    page:audit/verify/<uuid:run_id>/progress                     -          401 403 403 403 403 403 200 200 403 200 401
POST   page:audit/verify/<uuid:run_id>/cancel                       -          401 403 403 403 403 403 302 302 403 302 401
GET    page:audit/break                                             -          401 403 403 403 403 403 404 404 403 404 401
POST   page:audit/break/start                                       -          401 403 403 403 403 403 404 404 403 404 401

GET    page:me/licences/<str:licence_id>                            -          401 303 303 303 303 303 303 303 303 303 401
GET    page:me/licences/<str:licence_id>/print                      -          401 303 303 303 303 303 303 303 303 303 401
POST   page:me/licences/<str:licence_id>/payments/<uuid:order_id>/account -    401 303 303 303 303 303 303 303 303 303 401
"""

# A person's own account. Most of it is allauth's: whoever has signed in is led on from the doors, whoever has not is led to sign-in.
# The people of the world have neither password nor second factor: where one is asked for again, they are refused (403).
ACCOUNT = """
method route                                                        scenario   nobody req own stw pub adm rev aud out dta ina

GET    page:accounts/login/                                         -          200 302 302 302 302 302 302 302 302 302 200
GET    page:accounts/logout/                                        -          302 200 200 200 200 200 200 200 200 200 302
GET    page:accounts/signup/                                        -          200 302 302 302 302 302 302 302 302 302 200
GET    page:accounts/inactive/                                      -          200 200 200 200 200 200 200 200 200 200 200
GET    page:accounts/invitation/                                    -          200 200 200 200 200 200 200 200 200 200 200
POST   page:accounts/invitation/                                    -          422 422 422 422 422 422 422 422 422 422 422
GET    page:accounts/invitation/<uuid:person_id>/<str:token>/       invited    200 200 200 200 200 200 200 200 200 200 200
GET    page:accounts/department/                                    -          405 405 405 405 405 405 405 405 405 405 405
POST   page:accounts/department/                                    -          403 403 403 403 403 403 403 403 403 403 403
GET    page:accounts/reauthenticate/                                -          401 403 403 403 403 403 403 403 403 403 401
GET    page:accounts/password/change/                               -          401 302 302 302 302 302 302 302 302 302 401
GET    page:accounts/password/set/                                  -          401 200 200 200 200 200 200 200 200 200 401
GET    page:accounts/password/reset/                                -          200 200 200 200 200 200 200 200 200 200 200
GET    page:accounts/password/reset/done/                           -          200 200 200 200 200 200 200 200 200 200 200
GET    page:accounts/password/reset/key/done/                       -          200 200 200 200 200 200 200 200 200 200 200
GET    page:accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$ forged 200 200 200 200 200 200 200 200 200 200 200
GET    page:accounts/email/                                         -          200 200 200 200 200 200 200 200 200 200 200
GET    page:accounts/confirm-email/                                 -          200 200 200 200 200 200 200 200 200 200 200
GET    page:accounts/^confirm-email/(?P<key>[-:\\w]+)/$             forged     200 200 200 200 200 200 200 200 200 200 200
GET    page:accounts/login/code/confirm/                            -          302 302 302 302 302 302 302 302 302 302 302
GET    page:accounts/2fa/                                           -          401 200 200 200 200 200 200 200 200 200 401
GET    page:accounts/2fa/authenticate/                              -          302 302 302 302 302 302 302 302 302 302 302
GET    page:accounts/2fa/reauthenticate/                            -          401 403 403 403 403 403 403 403 403 403 401
GET    page:accounts/2fa/totp/activate/                             -          401 200 200 200 200 200 200 200 200 200 401
GET    page:accounts/2fa/totp/deactivate/                           -          401 404 404 404 404 404 404 404 404 404 401
GET    page:accounts/2fa/recovery-codes/                            -          401 404 404 404 404 404 404 404 404 404 401
GET    page:accounts/2fa/recovery-codes/generate/                   -          401 200 200 200 200 200 200 200 200 200 401
GET    page:accounts/2fa/recovery-codes/download/                   -          401 404 404 404 404 404 404 404 404 404 401
"""

# Addresses for machines, outside the management API: for everybody, whoever signed in.
MACHINE = """
method route                                                        scenario   nobody req own stw pub adm rev aud out dta ina

GET    healthz/live                                                 -          200 200 200 200 200 200 200 200 200 200 200
GET    sandbox/api/v1/keys                                          -          200 200 200 200 200 200 200 200 200 200 200
POST   ^sandbox/exchange/.*$                                        -          404 404 404 404 404 404 404 404 404 404 404
GET    ^sandbox/exchange/.*$                                        -          404 404 404 404 404 404 404 404 404 404 404
GET    healthz/ready                                                -          200 200 200 200 200 200 200 200 200 200 200
GET    log/checkpoint                                               -          200 200 200 200 200 200 200 200 200 200 200
POST   log/checkpoint                                               -          405 405 405 405 405 405 405 405 405 405 405
GET    log/policy                                                   -          200 200 200 200 200 200 200 200 200 200 200
GET    log/tile/<path:path>                                         -          200 200 200 200 200 200 200 200 200 200 200
GET    log/tile/<path:path>                                         forged     404 404 404 404 404 404 404 404 404 404 404
GET    catalog.jsonld                                               -          200 200 200 200 200 200 200 200 200 200 200
GET    ^catalog/datasets/(?P<code>[A-Za-z0-9_-]+)/download\\.(?P<form>csv|jsonl|json)$ - 403 403 403 403 403 403 403 403 403 403 403
GET    v                                                            -          200 200 200 200 200 200 200 200 200 200 200
POST   v                                                            -          422 422 422 422 422 422 422 422 422 422 422
GET    v/<str:licence_id>                                           -          200 200 200 200 200 200 200 200 200 200 200
POST   v/<str:licence_id>                                           -          405 405 405 405 405 405 405 405 405 405 405
GET    v/status/<int:list_number>                                   -          200 200 200 200 200 200 200 200 200 200 200
GET    theme                                                        -          405 405 405 405 405 405 405 405 405 405 405
POST   theme                                                        -          302 302 302 302 302 302 302 302 302 302 302
"""

QUERIES = {
    "page:console/requests/new": "?dataset=R14",
    "page:console/standing-offers/new": "?dataset=R14",
    "page:console/standing-offers/emergency": "?dataset=R14",
}
