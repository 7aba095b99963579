"""What citizens, and clerks at a counter, find at the doors that departments had before them.

Columns: a citizen, an account that is bound to nobody, and a clerk of the requesting department. They find nothing of the departments'
side: lists of one's own departments are empty for whoever has none, one thing is not found, a desk asks first for which department (303).
A clerk reads what everybody in the department reads, and takes none of its steps.
"""

from __future__ import annotations

TABLE = """
method route                                                                    scenario  cit unb clk

GET    api/v1/log/search                                                        -         403 403 403

POST   api/v1/catalog/departments/<str:department>/versions                     -         403 403 403
POST   api/v1/catalog/datasets/<str:code>/offline                               -         403 403 403
DELETE api/v1/catalog/datasets/<str:code>/offline                               closed    403 403 403
POST   api/v1/catalog/datasets/<str:code>/items/<str:item>/restriction          -         403 403 403
DELETE api/v1/catalog/datasets/<str:code>/items/<str:item>/restriction          closed    403 403 403
POST   api/v1/catalog/datasets/<str:code>/loads                                 -         403 403 403
GET    api/v1/catalog/loads                                                     -         200 200 200
GET    api/v1/catalog/loads/<uuid:load_id>                                      -         404 404 404
POST   api/v1/catalog/loads/<uuid:load_id>/publication                          -         404 404 404

GET    api/v1/me                                                                -         200 200 200
POST   api/v1/me/acting_department                                              -         403 403 403
GET    api/v1/systems                                                           -         200 200 200
POST   api/v1/key_requests                                                      -         404 404 404
GET    api/v1/key_requests/<uuid:request_id>                                    -         404 404 404

GET    api/v1/people                                                            -         200 200 200
POST   api/v1/people                                                            -         403 403 403
POST   api/v1/people/<uuid:person_id>/invitation                                -         404 404 404
POST   api/v1/people/<uuid:person_id>/roles                                     -         404 404 404
DELETE api/v1/people/<uuid:person_id>/roles/<int:membership_id>                 -         404 404 404
GET    api/v1/people/confirmations                                              -         200 200 200
POST   api/v1/people/confirmations                                              -         403 403 403
GET    api/v1/people/<uuid:person_id>                                           -         404 404 404
DELETE api/v1/people/<uuid:person_id>/invitation                                invited   404 404 404
PUT    api/v1/people/<uuid:person_id>/datasets/<str:code>                       steward   404 404 404
DELETE api/v1/people/<uuid:person_id>/datasets/<str:code>                       steward   404 404 404
PUT    api/v1/people/<uuid:person_id>/matters/<str:matter>                      -         404 404 404
DELETE api/v1/people/<uuid:person_id>/matters/<str:matter>                      -         404 404 404
POST   api/v1/people/<uuid:person_id>/deputies                                  -         404 404 404
DELETE api/v1/people/<uuid:person_id>/deputies/<int:deputyship_id>              -         404 404 404
GET    api/v1/people/<uuid:person_id>/end_of_service                            -         404 404 404
POST   api/v1/people/<uuid:person_id>/end_of_service                            -         404 404 404

GET    api/v1/requests                                                          -         200 200 200
POST   api/v1/requests                                                          -         403 403 403
GET    api/v1/requests/<str:number>                                             submitted 404 404 200
GET    api/v1/requests/<str:number>                                             draft     404 404 200
PUT    api/v1/requests/<str:number>                                             draft     404 404 403
GET    api/v1/requests/least                                                    -         403 403 200
POST   api/v1/requests/answer_together                                          -         403 403 404
GET    api/v1/requests/<str:number>/foreseen                                    draft     404 404 200
POST   api/v1/requests/<str:number>/submit                                      draft     404 404 403
PUT    api/v1/requests/<str:number>/parts/<str:dataset>                         draft     404 404 403
POST   api/v1/requests/<str:number>/parts/<str:dataset>/check                   submitted 404 404 403
POST   api/v1/requests/<str:number>/parts/<str:dataset>/return                  submitted 404 404 403
POST   api/v1/requests/<str:number>/parts/<str:dataset>/approve                 checked   404 404 403
POST   api/v1/requests/<str:number>/parts/<str:dataset>/refuse                  checked   404 404 403
POST   api/v1/requests/<str:number>/parts/<str:dataset>/confirm                 once      404 404 403
POST   api/v1/requests/<str:number>/parts/<str:dataset>/send_back               once      404 404 403
GET    api/v1/requests/<str:number>/parts/<str:dataset>/messages                submitted 404 404 200
POST   api/v1/requests/<str:number>/parts/<str:dataset>/messages                submitted 404 404 403
GET    api/v1/requests/<str:number>/parts/<str:dataset>/precedents              submitted 404 404 403
POST   api/v1/requests/<str:number>/parts/<str:dataset>/return                  checked   404 404 403
POST   api/v1/requests/<str:number>/parts/<str:dataset>/withdraw                submitted 404 404 403

GET    api/v1/agreements                                                        -         200 200 200
GET    api/v1/agreements/<str:agreement_id>                                     -         404 404 200
POST   api/v1/agreements/<str:agreement_id>/provide_signature                   proposed  404 404 403
POST   api/v1/agreements/<str:agreement_id>/sign                                proposed  404 404 403
POST   api/v1/agreements/<str:agreement_id>/suspend                             -         404 404 403
POST   api/v1/agreements/<str:agreement_id>/resume                              suspended 404 404 403
POST   api/v1/agreements/<str:agreement_id>/revoke                              -         404 404 403
GET    api/v1/agreements/<str:agreement_id>/losses                              -         404 404 200
GET    api/v1/agreements/<str:agreement_id>/odrl                                -         404 404 200
POST   api/v1/agreements/<str:agreement_id>/amend                               -         404 404 403
POST   api/v1/agreements/<str:agreement_id>/renew                               -         404 404 403
GET    api/v1/offers                                                            -         200 200 200
POST   api/v1/offers                                                            -         403 403 403
POST   api/v1/emergencies                                                       -         403 403 403
GET    api/v1/offers/<str:offer_id>                                             -         404 404 200
POST   api/v1/offers/<str:offer_id>/sign                                        written   404 404 404
POST   api/v1/offers/<str:offer_id>/withdraw                                    written   404 404 404
POST   api/v1/offers/<str:offer_id>/suspend                                     -         404 404 403
POST   api/v1/offers/<str:offer_id>/resume                                      stopped   404 404 403
POST   api/v1/offers/<str:offer_id>/revoke                                      -         404 404 403
POST   api/v1/offers/<str:offer_id>/join                                        -         404 404 403
POST   api/v1/offers/<str:offer_id>/review                                      ended     404 404 403

GET    api/v1/deliveries                                                        -         200 200 200
GET    api/v1/deliveries/<str:delivery_number>                                  -         404 404 200
POST   api/v1/deliveries/<str:delivery_number>/cancel                           -         404 404 403

GET    api/v1/affairs/payments                                                  -         200 200 200
GET    api/v1/affairs/payments/<uuid:order_id>                                  -         404 404 404
POST   api/v1/affairs/payments/<uuid:order_id>/paid                             -         404 404 404
POST   api/v1/affairs/payments/<uuid:order_id>/returned                         -         404 404 404

GET    page:console                                                             -         200 200 200

GET    page:console/datasets                                                    -         200 200 200
GET    page:console/datasets/new                                                -         403 403 403
POST   page:console/datasets/new                                                -         403 403 403
GET    page:console/datasets/<slug:code>                                        -         404 404 404
POST   page:console/datasets/<slug:code>                                        -         404 404 404
POST   page:console/datasets/<slug:code>/offline                                -         404 404 404
POST   page:console/datasets/<slug:code>/online                                 closed    404 404 404
POST   page:console/datasets/<slug:code>/restrict                               -         404 404 404
POST   page:console/datasets/<slug:code>/unrestrict                             closed    404 404 404

GET    page:console/loads/<uuid:load_id>                                        -         404 404 404
POST   page:console/loads/<uuid:load_id>/publish                                -         404 404 404

GET    page:console/requests                                                    -         303 303 200
GET    page:console/requests/new                                                -         303 303 403
POST   page:console/requests/new                                                -         303 303 403
GET    page:console/requests/<str:number>                                       submitted 303 303 200
GET    page:console/requests/<str:number>                                       draft     303 303 200
GET    page:console/requests/<str:number>/about                                 draft     303 303 403
POST   page:console/requests/<str:number>/about                                 draft     303 303 403
GET    page:console/requests/<str:number>/send                                  draft     303 303 403
POST   page:console/requests/<str:number>/submit                                draft     303 303 403
GET    page:console/requests/<str:number>/<str:dataset>/edit                    draft     303 303 403
POST   page:console/requests/<str:number>/<str:dataset>/edit                    draft     303 303 403
GET    page:console/requests/<str:number>/<str:dataset>/check                   submitted 303 303 403
POST   page:console/requests/<str:number>/<str:dataset>/check                   submitted 303 303 403
GET    page:console/requests/<str:number>/<str:dataset>/return                  submitted 303 303 403
POST   page:console/requests/<str:number>/<str:dataset>/return                  checked   303 303 403
GET    page:console/requests/<str:number>/<str:dataset>/approve                 checked   303 303 403
POST   page:console/requests/<str:number>/<str:dataset>/approve                 checked   303 303 403
GET    page:console/requests/<str:number>/<str:dataset>/refuse                  checked   303 303 403
POST   page:console/requests/<str:number>/<str:dataset>/refuse                  checked   303 303 403
GET    page:console/requests/<str:number>/<str:dataset>/confirm                 once      303 303 403
POST   page:console/requests/<str:number>/<str:dataset>/confirm                 once      303 303 403
GET    page:console/requests/<str:number>/<str:dataset>/send_back               once      303 303 403
POST   page:console/requests/<str:number>/<str:dataset>/send_back               once      303 303 403
POST   page:console/requests/<str:number>/<str:dataset>/say                     submitted 303 303 403
GET    page:console/requests/<str:number>/<str:dataset>/withdraw                submitted 303 303 403
POST   page:console/requests/<str:number>/<str:dataset>/withdraw                submitted 303 303 403

GET    page:console/agreements                                                  -         303 303 200
GET    page:console/agreements/<str:agreement_id>                               -         303 303 200
GET    page:console/agreements/<str:agreement_id>/use                           -         303 303 200
GET    page:console/agreements/<str:agreement_id>/rehearsal                     -         303 303 200
POST   page:console/agreements/<str:agreement_id>/narrow                        -         303 303 403
GET    page:console/agreements/<str:agreement_id>/sign                          proposed  303 303 403
POST   page:console/agreements/<str:agreement_id>/sign                          proposed  303 303 403
GET    page:console/agreements/<str:agreement_id>/signature                     proposed  303 303 403
POST   page:console/agreements/<str:agreement_id>/signature                     proposed  303 303 403
GET    page:console/agreements/<str:agreement_id>/suspend                       -         303 303 403
POST   page:console/agreements/<str:agreement_id>/suspend                       -         303 303 403
GET    page:console/agreements/<str:agreement_id>/resume                        suspended 303 303 403
POST   page:console/agreements/<str:agreement_id>/resume                        suspended 303 303 403
GET    page:console/agreements/<str:agreement_id>/revoke                        -         303 303 403
POST   page:console/agreements/<str:agreement_id>/revoke                        -         303 303 403
POST   page:console/agreements/<str:agreement_id>/change                        -         303 303 403
POST   page:console/agreements/<str:agreement_id>/renew                         -         303 303 403
GET    page:console/agreements/<str:agreement_id>/pdf                           -         303 303 200
GET    page:console/agreements/<str:agreement_id>/odrl                          -         303 303 200
GET    page:console/standing-offers                                             -         303 303 200
GET    page:console/standing-offers/new                                         -         303 303 403
GET    page:console/standing-offers/emergency                                   -         303 303 403
GET    page:console/standing-offers/<str:offer_id>                              -         303 303 200
POST   page:console/standing-offers/<str:offer_id>/sign                         written   303 303 404
POST   page:console/standing-offers/<str:offer_id>/withdraw                     written   303 303 404
POST   page:console/standing-offers/<str:offer_id>/suspend                      -         303 303 403
POST   page:console/standing-offers/<str:offer_id>/resume                       stopped   303 303 403
POST   page:console/standing-offers/<str:offer_id>/revoke                       -         303 303 403
POST   page:console/standing-offers/<str:offer_id>/join                         -         303 303 403
POST   page:console/standing-offers/<str:offer_id>/review                       ended     303 303 403
GET    page:console/deliveries                                                  -         303 303 200
GET    page:console/deliveries/<str:delivery_number>                            -         303 303 200
GET    page:console/deliveries/<str:delivery_number>/progress                   -         303 303 200
POST   page:console/deliveries/<str:delivery_number>/cancel                     -         303 303 403

GET    api/v1/requests/<str:number>/parts/<str:dataset>/clock                   checked   404 404 200
POST   api/v1/requests/<str:number>/parts/<str:dataset>/clock/extension         checked   404 404 403
POST   api/v1/requests/<str:number>/parts/<str:dataset>/clock/extension/answer  extended  404 404 403
POST   api/v1/requests/<str:number>/parts/<str:dataset>/clock/pause             checked   404 404 403
POST   api/v1/requests/<str:number>/parts/<str:dataset>/clock/resume            stood     404 404 403
GET    api/v1/corrections                                                       -         200 200 200
POST   api/v1/corrections                                                       -         404 404 404
GET    api/v1/corrections/<str:number>                                          correction 404 404 200
POST   api/v1/corrections/<str:number>/answer                                   correction 404 404 403
POST   api/v1/corrections/<str:number>/take_back                                correction 404 404 403
GET    api/v1/correction_notices                                                -         200 200 200
POST   api/v1/correction_notices/<int:notice_id>/seen                           -         404 404 403
GET    api/v1/disputes                                                          -         200 200 200
POST   api/v1/disputes                                                          -         404 404 404
GET    api/v1/disputes/<str:number>                                             talks     404 404 200
POST   api/v1/disputes/<str:number>/say                                         talks     404 404 403
POST   api/v1/disputes/<str:number>/settle                                      talks     404 404 403
POST   api/v1/disputes/<str:number>/hand_over                                   talks     404 404 403
POST   api/v1/disputes/<str:number>/rule                                        ruling    404 404 403
POST   api/v1/disputes/<str:number>/take_back                                   talks     404 404 403

GET    page:console/requests/<str:number>/<str:dataset>/clock                   checked   303 303 200
POST   page:console/requests/<str:number>/<str:dataset>/clock                   checked   303 303 403
GET    page:console/corrections                                                 -         303 303 200
GET    page:console/corrections/<str:number>                                    correction 303 303 200
POST   page:console/corrections/<str:number>                                    correction 303 303 403
POST   page:console/corrections/<str:number>/take_back                          correction 303 303 403
POST   page:console/corrections/<str:number>/whose                              correction 303 303 403
POST   page:console/corrections/notices/<int:notice_id>/seen                    -         303 303 403
GET    page:console/agreements/<str:agreement_id>/wrong                         -         303 303 403
POST   page:console/agreements/<str:agreement_id>/wrong                         -         303 303 403
GET    page:console/disputes                                                    -         303 303 200
GET    page:console/disputes/<str:number>                                       talks     303 303 200
POST   page:console/disputes/<str:number>                                       talks     303 303 403
POST   page:console/disputes/<str:number>/settle                                talks     303 303 403
POST   page:console/disputes/<str:number>/take_back                             talks     303 303 403
GET    page:console/disputes/<str:number>/hand_over                             talks     303 303 403
POST   page:console/disputes/<str:number>/hand_over                             talks     303 303 403
GET    page:console/disputes/<str:number>/rule                                  ruling    303 303 403
POST   page:console/disputes/<str:number>/rule                                  ruling    303 303 403
GET    page:console/requests/<str:number>/<str:dataset>/dispute                 refused   303 303 403
POST   page:console/requests/<str:number>/<str:dataset>/dispute                 refused   303 303 403
GET    page:console/corrections/<str:number>/dispute                            correction 303 303 403
POST   page:console/corrections/<str:number>/dispute                            correction 303 303 403
GET    page:console/agreements/<str:agreement_id>/dispute                       -         303 303 403
POST   page:console/agreements/<str:agreement_id>/dispute                       -         303 303 403

GET    api/v1/officer-questions                                                 -          200 200 200
GET    api/v1/officer-questions/<str:question_id>                               -          404 404 404
POST   api/v1/officer-questions/<str:question_id>/claim                         -          404 404 404
POST   api/v1/officer-questions/<str:question_id>/release                       claimed    404 404 404
POST   api/v1/officer-questions/<str:question_id>/look                          claimed    404 404 404
POST   api/v1/officer-questions/<str:question_id>/answer                        claimed    404 404 404
POST   api/v1/officer-questions/<str:question_id>/decline                       claimed    404 404 404

GET    page:console/queue                                                       -          303 303 200
GET    page:console/queue/<str:question_id>                                     -          303 303 404
GET    page:console/queue/<str:question_id>                                     claimed    303 303 404
POST   page:console/queue/<str:question_id>                                     -          303 303 404
POST   page:console/queue/<str:question_id>                                     claimed    303 303 404
POST   page:console/queue/<str:question_id>/claim                               -          303 303 404
POST   page:console/queue/<str:question_id>/release                             claimed    303 303 404
POST   page:console/queue/<str:question_id>/decline                             claimed    303 303 404

GET    page:console/keys                                                        -         303 303 200
GET    page:console/keys/new                                                    -         303 303 403
POST   page:console/keys/new                                                    -         303 303 403
GET    page:console/keys/answers/new                                            -          303 303 403
POST   page:console/keys/answers/new                                            -          303 303 403
GET    page:console/keys/<str:code>/new                                         system    303 303 404
POST   page:console/keys/<str:code>/new                                         system    303 303 404
GET    page:console/keys/<str:owner>/<str:name>/revoke                          -         303 303 404
POST   page:console/keys/<str:owner>/<str:name>/revoke                          -         303 303 404

GET    page:console/people                                                      -         303 303 200
GET    page:console/people/invite                                               -         303 303 403
POST   page:console/people/invite                                               -         303 303 403
GET    page:console/people/grant                                                -         303 303 403
POST   page:console/people/grant                                                -         303 303 403
GET    page:console/people/appoint                                              -         303 303 403
POST   page:console/people/appoint                                              -         303 303 403
POST   page:console/people/<uuid:person_id>/invite                              -         303 303 404
POST   page:console/people/roles/<int:membership_id>/end                        -         303 303 404
POST   page:console/people/stewards/<str:code>/<uuid:person_id>/dismiss         steward   303 303 404
GET    page:console/people/officers                                             -         303 303 403
POST   page:console/people/officers                                             -         303 303 403
GET    page:console/people/confirm                                              -         303 303 403
POST   page:console/people/confirm                                              -         303 303 403
GET    page:console/people/<uuid:person_id>                                     -         303 303 404
POST   page:console/people/<uuid:person_id>/withdraw                            invited   303 303 404
GET    page:console/people/<uuid:person_id>/deputy                              -         303 303 404
POST   page:console/people/<uuid:person_id>/deputy                              -         303 303 404
GET    page:console/people/<uuid:person_id>/leave                               -         303 303 403
POST   page:console/people/<uuid:person_id>/leave                               -         303 303 403
POST   page:console/people/deputies/<int:deputyship_id>/end                     -         303 303 404
POST   page:console/people/officers/<str:matter>/<uuid:person_id>/dismiss       -         303 303 404

GET    page:console/offers                                                      -         303 303 200
POST   page:console/offers/<slug:matter>/start                                  -         303 303 403
GET    page:console/offers/<slug:matter>/<slug:month>                           -         303 303 200
GET    page:console/offers/<slug:matter>/<slug:month>/progress                  -         303 303 200
POST   page:console/offers/<slug:matter>/<slug:month>/resume                    -         303 303 403

GET    page:audit                                                               -         403 403 403

GET    page:audit/entries/<int:index>                                           -         403 403 403
GET    page:audit/entries/<int:index>/proof.json                                -         403 403 403

GET    page:audit/verify                                                        -         403 403 403
POST   page:audit/verify/start                                                  -         403 403 403
GET    page:audit/verify/<uuid:run_id>                                          -         403 403 403
GET    page:audit/verify/<uuid:run_id>/progress                                 -         403 403 403
POST   page:audit/verify/<uuid:run_id>/cancel                                   -         403 403 403

GET    page:audit/break                                                         -         403 403 403
POST   page:audit/break/start                                                   -         403 403 403
"""
