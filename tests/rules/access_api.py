"""Who may do what over the management API: method, address, scenario (tests/rules/city.py) and the status for each persona.

Written by hand, from what the roles mean (docs/architecture.md, exchange/sharing/lifecycle.py); a table made from the role table would
only say that the code equals itself. What somebody may not even know of is 404, what is seen but forbidden is 403.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.world_data import CONDITIONAL, TERMS, WORDS

TABLE = """
method route                                                        scenario   nobody req own stw pub adm rev aud out dta ina

GET    api/v1/log/proof                                             -          200 200 200 200 200 200 200 200 200 200 200
GET    api/v1/log/entries/<int:index>                               -          200 200 200 200 200 200 200 200 200 200 200
GET    api/v1/log/search                                            -          401 403 403 403 403 403 403 200 403 403 401
GET    api/v1/alarms                                               -          401 403 403 403 403 403 200 200 403 200 401
GET    api/v1/alarms/<str:number>                                  alarm      401 403 403 403 403 403 200 200 403 200 401
POST   api/v1/alarms/<str:number>/lift                             alarm      401 403 403 403 403 403 200 403 403 403 401
GET    api/v1/keys                                                  -          200 200 200 200 200 200 200 200 200 200 200

GET    api/v1/catalog/datasets                                      -          200 200 200 200 200 200 200 200 200 200 200
GET    api/v1/catalog/datasets/<str:code>                           -          200 200 200 200 200 200 200 200 200 200 200
GET    api/v1/catalog/datasets/<str:code>/versions                  -          200 200 200 200 200 200 200 200 200 200 200
GET    api/v1/catalog/departments                                   -          200 200 200 200 200 200 200 200 200 200 200
GET    api/v1/catalog/purposes                                      -          200 200 200 200 200 200 200 200 200 200 200
POST   api/v1/catalog/departments/<str:department>/versions         -          401 403 403 201 201 403 403 403 403 403 401
POST   api/v1/catalog/datasets/<str:code>/offline                   -          401 403 403 200 200 403 403 403 403 403 401
DELETE api/v1/catalog/datasets/<str:code>/offline                   closed     401 403 403 200 200 403 403 403 403 403 401
POST   api/v1/catalog/datasets/<str:code>/items/<str:item>/restriction -       401 403 403 200 200 403 403 403 403 403 401
DELETE api/v1/catalog/datasets/<str:code>/items/<str:item>/restriction closed  401 403 403 200 200 403 403 403 403 403 401
POST   api/v1/catalog/datasets/<str:code>/loads                     -          401 403 403 202 202 403 403 403 403 403 401
GET    api/v1/catalog/loads                                         -          401 200 200 200 200 200 200 200 200 200 401
GET    api/v1/catalog/loads/<uuid:load_id>                          -          401 404 404 200 200 404 404 404 404 404 401
POST   api/v1/catalog/loads/<uuid:load_id>/publication              -          401 404 404 200 200 404 404 404 404 404 401

GET    api/v1/me                                                    -          401 200 200 200 200 200 200 200 200 200 401
POST   api/v1/me/acting_department                                  -          401 403 200 200 200 200 403 403 403 403 401
GET    api/v1/people                                                -          401 200 200 200 200 200 200 200 200 200 401
POST   api/v1/people                                                -          401 403 403 403 403 201 403 403 403 201 401
POST   api/v1/people/<uuid:person_id>/invitation                    -          401 404 404 404 403 201 404 404 404 201 401
POST   api/v1/people/<uuid:person_id>/roles                         -          401 404 404 404 403 201 404 404 404 201 401
DELETE api/v1/people/<uuid:person_id>/roles/<int:membership_id>     -          401 404 404 404 403 204 404 404 404 204 401
GET    api/v1/people/confirmations                                  -          401 200 200 200 200 200 200 200 200 200 401
POST   api/v1/people/confirmations                                  -          401 403 403 403 403 200 403 403 403 200 401
GET    api/v1/people/<uuid:person_id>                               -          401 404 404 404 200 200 404 404 404 200 401
DELETE api/v1/people/<uuid:person_id>/invitation                    invited    401 404 404 404 404 204 404 404 404 204 401
PUT    api/v1/people/<uuid:person_id>/datasets/<str:code>           steward    401 404 404 403 404 204 404 404 404 403 401
DELETE api/v1/people/<uuid:person_id>/datasets/<str:code>           steward    401 404 404 403 404 204 404 404 404 403 401
PUT    api/v1/people/<uuid:person_id>/matters/<str:matter>          -          401 404 404 404 403 403 404 404 404 403 401
DELETE api/v1/people/<uuid:person_id>/matters/<str:matter>          -          401 404 404 404 403 403 404 404 404 403 401
POST   api/v1/people/<uuid:person_id>/deputies                      -          401 404 404 404 400 400 404 404 404 400 401
DELETE api/v1/people/<uuid:person_id>/deputies/<int:deputyship_id>  -          401 404 204 404 204 204 404 404 404 204 401
GET    api/v1/people/<uuid:person_id>/end_of_service                -          401 404 404 404 403 200 404 404 404 403 401
POST   api/v1/people/<uuid:person_id>/end_of_service                -          401 404 404 404 403 200 404 404 404 200 401

GET    api/v1/systems                                               -          401 200 200 200 200 200 200 200 200 200 401
POST   api/v1/key_requests                                          -          401 404 409 409 409 409 404 404 404 404 401
GET    api/v1/key_requests/<uuid:request_id>                        -          401 404 200 200 200 200 404 404 404 404 401
POST   api/v1/programs/ask                                          -          200 200 200 200 200 200 200 200 200 200 200
POST   api/v1/programs/token                                        -          400 400 400 400 400 400 400 400 400 400 400
POST   api/v1/programs/revoke                                       -          200 200 200 200 200 200 200 200 200 200 200

GET    api/v1/requests                                              -          401 200 200 200 200 200 200 200 200 200 401
POST   api/v1/requests                                              -          401 201 201 403 403 403 403 403 201 403 401
GET    api/v1/requests/<str:number>                                 submitted  401 200 200 200 200 200 200 200 404 404 401
GET    api/v1/requests/<str:number>                                 draft      401 200 404 404 404 404 200 200 404 404 401
PUT    api/v1/requests/<str:number>                                 draft      401 200 404 404 404 404 403 403 404 404 401
GET    api/v1/requests/least                                        -          401 200 200 200 200 200 200 200 200 200 401
GET    api/v1/requests/waiting                                      -          401 200 200 200 200 200 200 200 200 200 401
POST   api/v1/requests/answer_together                              -          401 404 404 404 404 404 404 404 404 404 401
GET    api/v1/requests/<str:number>/foreseen                        draft      401 200 404 404 404 404 403 403 404 404 401
POST   api/v1/requests/<str:number>/submit                          draft      401 200 404 404 404 404 403 403 404 404 401
PUT    api/v1/requests/<str:number>/parts/<str:dataset>             draft      401 200 404 404 404 404 403 403 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/check       submitted  401 403 403 403 403 403 200 403 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/return      submitted  401 403 403 403 403 403 200 403 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/approve     checked    401 403 200 200 403 403 403 403 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/refuse      checked    401 403 200 200 403 403 403 403 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/confirm     once       401 403 200 200 403 403 403 403 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/send_back   once       401 403 200 200 403 403 403 403 404 404 401
GET    api/v1/requests/<str:number>/parts/<str:dataset>/messages    submitted  401 200 200 200 200 200 200 403 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/messages    submitted  401 201 201 201 403 403 201 403 404 404 401
GET    api/v1/requests/<str:number>/parts/<str:dataset>/precedents  submitted  401 403 200 200 403 403 200 403 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/return      checked    401 403 200 200 403 403 403 403 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/withdraw    submitted  401 200 403 403 403 403 403 403 404 404 401

GET    api/v1/agreements                                            -          401 200 200 200 200 200 200 200 200 200 401
GET    api/v1/agreements/<str:agreement_id>                         -          401 200 200 200 200 200 200 200 404 404 401
POST   api/v1/agreements/<str:agreement_id>/provide_signature       proposed   401 403 409 409 403 403 403 403 404 404 401
POST   api/v1/agreements/<str:agreement_id>/sign                    proposed   401 200 403 403 403 403 403 403 404 404 401
POST   api/v1/agreements/<str:agreement_id>/suspend                 -          401 200 200 200 403 403 200 403 404 404 401
POST   api/v1/agreements/<str:agreement_id>/resume                  suspended  401 403 200 200 403 403 403 403 404 404 401
POST   api/v1/agreements/<str:agreement_id>/revoke                  -          401 200 200 200 403 403 200 403 404 404 401
GET    api/v1/agreements/<str:agreement_id>/losses                  -          401 200 200 200 200 200 200 200 404 404 401
GET    api/v1/agreements/<str:agreement_id>/remaining               -          401 200 200 200 200 200 200 200 404 404 401
GET    api/v1/agreements/<str:agreement_id>/odrl                    -          401 200 200 200 200 200 200 200 404 404 401
POST   api/v1/agreements/<str:agreement_id>/amend                   -          401 201 403 403 403 403 403 403 404 404 401
POST   api/v1/agreements/<str:agreement_id>/renew                   -          401 201 403 403 403 403 403 403 404 404 401

GET    api/v1/offers                                                -          401 200 200 200 200 200 200 200 200 200 401
POST   api/v1/offers                                                -          401 403 201 201 403 403 403 403 403 403 401
POST   api/v1/emergencies                                           -          401 403 403 403 403 403 201 403 403 403 401
GET    api/v1/offers/<str:offer_id>                                 -          401 200 200 200 200 200 200 200 404 404 401
GET    api/v1/offers/<str:offer_id>                                 written    401 404 200 200 200 200 200 200 404 404 401
POST   api/v1/offers/<str:offer_id>/sign                            written    401 404 200 200 403 403 403 403 404 404 401
POST   api/v1/offers/<str:offer_id>/withdraw                        written    401 404 200 200 403 403 403 403 404 404 401
POST   api/v1/offers/<str:offer_id>/suspend                         -          401 403 200 200 403 403 200 403 404 404 401
POST   api/v1/offers/<str:offer_id>/resume                          stopped    401 403 200 200 403 403 403 403 404 404 401
POST   api/v1/offers/<str:offer_id>/revoke                          -          401 403 200 200 403 403 200 403 404 404 401
POST   api/v1/offers/<str:offer_id>/join                            -          401 201 403 403 403 403 403 403 404 404 401
POST   api/v1/offers/<str:offer_id>/review                          ended      401 403 403 403 403 403 200 403 404 404 401
GET    api/v1/orders/<str:number>                                   order      200 200 200 200 200 200 200 200 200 200 200
POST   api/v1/orders/<str:number>/signature                         order      400 400 400 400 400 400 400 400 400 400 400

GET    api/v1/deliveries                                            -          401 200 200 200 200 200 200 200 200 200 401
GET    api/v1/deliveries/<str:delivery_number>                      -          401 200 200 200 200 200 200 200 404 404 401
POST   api/v1/deliveries/<str:delivery_number>/cancel               -          401 200 200 403 403 403 200 403 404 404 401
GET    api/v1/webhooks                                             -          401 200 200 200 200 200 200 200 200 200 401
POST   api/v1/webhooks                                             -          401 404 404 404 404 404 404 404 404 404 401
GET    api/v1/webhooks/<str:webhook_number>                        -          401 200 404 404 404 404 200 200 404 404 401
POST   api/v1/webhooks/<str:webhook_number>/steps/<str:step>       -          401 200 404 404 404 404 200 403 404 404 401
POST   api/v1/webhooks/<str:webhook_number>/secret                 -          401 200 404 404 404 404 403 403 404 404 401
POST   api/v1/webhooks/<str:webhook_number>/messages/<str:message_number>/again -          401 202 404 404 404 404 403 403 404 404 401

GET    api/v1/requests/<str:number>/parts/<str:dataset>/clock       checked    401 200 200 200 200 200 200 200 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/clock/extension checked    401 403 200 200 403 403 403 403 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/clock/extension/answer extended   401 403 403 403 403 403 200 403 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/clock/pause checked    401 403 403 403 403 403 200 403 404 404 401
POST   api/v1/requests/<str:number>/parts/<str:dataset>/clock/resume stood      401 403 403 403 403 403 200 403 404 404 401
GET    api/v1/corrections                                           -          401 200 200 200 200 200 200 200 200 200 401
POST   api/v1/corrections                                           -          401 404 404 404 404 404 404 404 404 404 401
GET    api/v1/corrections/<str:number>                              correction 401 200 200 200 200 200 200 200 404 404 401
POST   api/v1/corrections/<str:number>/answer                       correction 401 403 200 200 403 403 403 403 404 404 401
POST   api/v1/corrections/<str:number>/take_back                    correction 401 200 403 403 403 403 403 403 404 404 401
GET    api/v1/correction_notices                                    -          401 200 200 200 200 200 200 200 200 200 401
POST   api/v1/correction_notices/<int:notice_id>/seen               -          401 200 404 404 404 404 404 404 404 404 401
GET    api/v1/disputes                                              -          401 200 200 200 200 200 200 200 200 200 401
POST   api/v1/disputes                                              -          401 404 404 404 404 404 404 404 404 404 401
GET    api/v1/disputes/<str:number>                                 talks      401 200 200 200 200 200 200 200 404 404 401
POST   api/v1/disputes/<str:number>/say                             talks      401 200 200 200 403 403 403 403 404 404 401
POST   api/v1/disputes/<str:number>/settle                          talks      401 200 409 409 403 403 403 403 404 404 401
POST   api/v1/disputes/<str:number>/hand_over                       talks      401 200 200 200 403 403 403 403 404 404 401
POST   api/v1/disputes/<str:number>/rule                            ruling     401 403 403 403 403 403 200 403 404 404 401
POST   api/v1/disputes/<str:number>/take_back                       talks      401 200 403 403 403 403 403 403 404 404 401

GET    api/v1/officer-questions                                     -          401 200 200 200 200 200 200 200 200 200 401
GET    api/v1/officer-questions/<str:question_id>                   -          401 404 200 404 404 200 404 404 404 404 401
POST   api/v1/officer-questions/<str:question_id>/claim             -          401 404 200 404 404 403 404 404 404 404 401
POST   api/v1/officer-questions/<str:question_id>/release           claimed    401 404 200 404 404 200 404 404 404 404 401
POST   api/v1/officer-questions/<str:question_id>/look              claimed    401 404 200 404 404 403 404 404 404 404 401
POST   api/v1/officer-questions/<str:question_id>/answer            claimed    401 404 422 404 404 403 404 404 404 404 401
POST   api/v1/officer-questions/<str:question_id>/decline           claimed    401 404 400 404 404 400 404 404 404 404 401

GET    api/v1/affairs/payments                                      -          401 200 200 200 200 200 200 200 200 200 401
GET    api/v1/affairs/payments/<uuid:order_id>                      -          401 200 404 404 404 404 404 404 404 404 401
POST   api/v1/affairs/payments/<uuid:order_id>/paid                 -          401 200 404 404 404 404 404 404 404 404 401
POST   api/v1/affairs/payments/<uuid:order_id>/returned             -          401 200 404 404 404 404 404 404 404 404 401

GET    api/schema.json                                              -          200 200 200 200 200 200 200 200 200 200 200
GET    api/docs                                                     -          200 200 200 200 200 200 200 200 200 200 200
"""

# Citizen services (tests/rules/citizens.py): a citizen's own things; to everybody else they do not exist.
CITIZENS_TABLE = """
method route                                                        scenario   nobody cit oth unb off ina of2 clk adm prv rev ofm dep end

GET    api/v1/affairs/matters                                       -          200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    api/v1/affairs/matters/<slug:slug>                           -          200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    api/v1/affairs/licences/<str:licence_id>/status              -          200 200 200 200 200 200 200 200 200 200 200 200 200 200

GET    api/v1/affairs/cases                                         -          401 200 200 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/cases                                         -          401 201 201 403 403 401 403 403 403 403 403 403 403 403
GET    api/v1/affairs/cases/<str:number>                            -          401 200 404 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/cases/<str:number>/request                    -          401 202 404 403 403 401 403 403 403 403 403 403 403 403
GET    api/v1/affairs/cases/<str:number>/evidence                   shown      401 200 404 403 403 401 403 403 403 403 403 403 403 403
GET    api/v1/affairs/cases/<str:number>/evidence/stream            shown      401 200 404 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/cases/<str:number>/preview                    shown      401 200 404 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/cases/<str:number>/items/<str:requirement>    shown      401 200 404 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/cases/<str:number>/submit                     accepted   401 200 404 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/cases/<str:number>/submit                     decided    401 409 404 403 403 401 403 403 403 403 403 403 403 403
GET    api/v1/affairs/cases/<str:number>/decision                   decided    401 200 404 403 403 401 403 403 403 403 403 403 403 403
GET    api/v1/affairs/cases/<str:number>/decision                   shown      401 404 404 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/cases/<str:number>/withdrawal                 shown      401 200 404 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/cases/<str:number>/withdrawal                 decided    401 409 404 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/cases/<str:number>/appeal                     decided    401 200 404 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/cases/<str:number>/notice                     noticed    401 200 404 403 403 401 403 403 403 403 403 403 403 403

GET    api/v1/affairs/offers                                        -          401 200 200 403 403 401 403 403 403 403 403 403 403 403
GET    api/v1/affairs/offers/<uuid:offer_id>                        -          401 200 404 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/offers/<uuid:offer_id>                        -          401 200 404 403 403 401 403 403 403 403 403 403 403 403

GET    api/v1/affairs/access                                        -          401 200 200 403 403 401 403 403 403 403 403 403 403 403
GET    api/v1/affairs/access/<int:entry>                            -          401 200 404 403 403 401 403 403 403 403 403 403 403 403
GET    api/v1/affairs/access/<int:entry>/slip                       -          401 200 404 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/access/<int:entry>/question                   -          401 201 404 403 403 401 403 403 403 403 403 403 403 403
POST   api/v1/affairs/access/<int:entry>/objection                  -          401 201 404 403 403 401 403 403 403 403 403 403 403 403
"""

WHY = {"reason": "The allowance was abolished.", "ground": "PURPOSE_ENDED"}
RESTRICTION = "api/v1/catalog/datasets/<str:code>/items/<str:item>/restriction"
PART = "api/v1/requests/<str:number>/parts/<str:dataset>"
AGREEMENT = "api/v1/agreements/<str:agreement_id>"
CASE = "api/v1/affairs/cases/<str:number>"
ONE_OFFER = "api/v1/offers/<str:offer_id>"
OFFER: dict[str, Any] = {
    "dataset": "R14",
    "requesters": ["CAB"],
    "purposes": ["disability_allowance"],
    "methods": ["QUERY"],
    "items": ["grade"],
    "legal_basis": [{"text": {"en": "A law", "zh": "某法"}, "article": "Article 1"}],
    "retention_days": 7,
    "not_after": (datetime.now(UTC) + timedelta(days=20)).isoformat(timespec="seconds"),
}

# Bodies with which the address says yes to somebody; without one an empty object is sent.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "api/v1/alarms/<str:number>/lift"): {"reason": "The department showed its cases."},
    ("POST", "api/v1/officer-questions/<str:question_id>/answer"): {"answers": []},
    ("POST", "api/v1/catalog/departments/<str:department>/versions"): {"document": {**CONDITIONAL, "update_frequency": "WEEKLY"}},
    ("POST", "api/v1/catalog/datasets/<str:code>/offline"): {"reason": "It moves house."},
    ("POST", RESTRICTION): {"reason": "Wrong since May."},
    ("DELETE", RESTRICTION): {"reason": "Right again."},
    ("POST", "api/v1/me/acting_department"): {"department": "DPF"},
    ("POST", "api/v1/key_requests"): {"wish": "REVOKE", "system": "DPF-register", "name": "system-1"},
    ("POST", "api/v1/programs/ask"): {"client_id": "hub", "machine": "relief-01"},
    ("POST", "api/v1/programs/token"): {"grant_type": "x", "device_code": "x", "client_id": "hub"},
    ("POST", "api/v1/programs/revoke"): {"token": "x"},
    ("POST", "api/v1/webhooks"): {"agreement": "x", "url": "https://cab.example/", "networks": ["10.20.0.0/16"], "ports": [443]},
    ("POST", "api/v1/people"): {"username": "dpf.new", "name_en": "Li Na", "department": "DPF", "role": "OFFICER"},
    ("POST", "api/v1/people/<uuid:person_id>/roles"): {"department": "DPF", "role": "OFFICER"},
    ("POST", "api/v1/people/<uuid:person_id>/end_of_service"): {"department": "DPF"},
    ("POST", "api/v1/requests"): {"purpose": "disability_allowance", **WORDS, "parts": [{"dataset": "R14", **TERMS}]},
    ("PUT", "api/v1/requests/<str:number>"): {"purpose": "disability_allowance", "reason": "Better said."},
    ("PUT", PART): {"dataset": "R14", **TERMS, "items": ["grade"]},
    ("POST", f"{PART}/return"): {"missing": [{"where": "reason", "message": "Say which allowance."}]},
    ("POST", "api/v1/requests/answer_together"): {
        "parts": [{"number": "none", "dataset": "R14"}],
        "refuse": {"reason": "No.", "ground": "LAW_FORBIDS"},
    },
    ("POST", f"{PART}/send_back"): {"reason": "Look again."},
    ("POST", f"{PART}/messages"): {"text": "Which allowance?"},
    ("POST", f"{PART}/refuse"): {"reason": "No.", "ground": "LAW_FORBIDS"},
    ("POST", f"{AGREEMENT}/suspend"): WHY,
    ("POST", f"{AGREEMENT}/resume"): {"reason": "We have looked."},
    ("POST", f"{AGREEMENT}/revoke"): WHY,
    ("POST", f"{PART}/clock/extension"): {"reason": "Two registers."},
    ("POST", f"{PART}/clock/extension/answer"): {"granted": True, "answer": "So be it."},
    ("POST", f"{PART}/clock/pause"): {"reason": "PROVIDER_OUTAGE", "note": "It is down."},
    ("POST", f"{PART}/clock/resume"): {"reason": "SITE_VISIT"},
    ("POST", "api/v1/corrections"): {
        "agreement": "none",
        "entry": "1",
        "item": "grade",
        "kind": "person",
        "identifier": "x",
        "believed": "x",
        "reason": "x",
    },
    ("POST", "api/v1/corrections/<str:number>/answer"): {"verdict": "confirm", "words": "It is right."},
    ("POST", "api/v1/disputes"): {"about": "MISUSE", "agreement": "none", "reason": "x"},
    ("POST", "api/v1/disputes/<str:number>/say"): {"text": "Which paragraph?"},
    ("POST", "api/v1/disputes/<str:number>/hand_over"): {"reason": "In vain."},
    ("POST", "api/v1/disputes/<str:number>/rule"): {"ruling": "NOTHING", "ground": "REFUSAL_FOUNDED", "reason": "The law forbids it."},
    ("POST", "api/v1/offers"): OFFER,
    ("POST", "api/v1/emergencies"): {**OFFER, "reason": {"en": "A flood."}},
    ("POST", f"{ONE_OFFER}/suspend"): WHY,
    ("POST", f"{ONE_OFFER}/resume"): {"reason": "We have looked."},
    ("POST", f"{ONE_OFFER}/revoke"): WHY,
    ("POST", f"{ONE_OFFER}/join"): {"systems": ["CAB-relief"], "purpose": "disability_allowance"},
    ("POST", f"{ONE_OFFER}/review"): {"finding": "It was needed.", "follows": "All is deleted."},
    ("POST", "api/v1/affairs/payments/<uuid:order_id>/returned"): {"because": "ACCOUNT_CLOSED"},
    ("POST", "api/v1/affairs/cases"): {"matter": "disability-allowances"},
    ("POST", f"{CASE}/preview"): {"answers": {"low_income_family": "ACCEPTED"}},
    ("POST", f"{CASE}/items/<str:requirement>"): {"do": "provide", "value": {"bank": "City Bank", "number": "6222000011112222"}},
    ("POST", f"{CASE}/appeal"): {"words": "My certificate came last week."},
    ("POST", "api/v1/affairs/offers/<uuid:offer_id>"): {"do": "decline"},
    ("POST", "api/v1/affairs/access/<int:entry>/question"): {"words": "Why?"},
    ("POST", "api/v1/affairs/access/<int:entry>/objection"): {"words": "I have a certificate."},
}
QUERIES = {
    "api/v1/requests/least": "?purpose=disability_allowance",
    "api/v1/log/proof": "?index=0",
    "api/v1/people/<uuid:person_id>/end_of_service": "?department=DPF",
}
HEADERS = {"If-Match": '"1"'}
UPLOADS = {"api/v1/catalog/datasets/<str:code>/loads"}
