"""Tables of people: who signs in, what they may do for whom, to whom their account is bound, and what we tell them."""

from exchange.accounts.models.binding import Binding, Method
from exchange.accounts.models.changes import Deputyship, Invitation, PeopleChange, PeopleEvent, Way
from exchange.accounts.models.codes import CodeRequest, CodeState, RateCount
from exchange.accounts.models.messages import Channel, Message, MessageState
from exchange.accounts.models.people import DatasetGroupObjectPermission, DatasetUserObjectPermission, Membership, Person, Role
from exchange.accounts.models.programs import AskingState, KeyRequest, KeyRequestState, KeyWish, Program, ProgramAsking

__all__ = [
    "AskingState",
    "Binding",
    "Channel",
    "CodeRequest",
    "CodeState",
    "DatasetGroupObjectPermission",
    "DatasetUserObjectPermission",
    "Deputyship",
    "Invitation",
    "KeyRequest",
    "KeyRequestState",
    "KeyWish",
    "Membership",
    "Message",
    "MessageState",
    "Method",
    "PeopleChange",
    "PeopleEvent",
    "Person",
    "Program",
    "ProgramAsking",
    "RateCount",
    "Role",
    "Way",
]
