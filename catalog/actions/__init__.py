"""What departments do with the catalogue: each function is one action, in one transaction, with its entry in the log."""

from catalog.actions.availability import bring_online, take_offline
from catalog.actions.loading import check_load, load_file, publish_revision, receive_file
from catalog.actions.publishing import publish_version
from catalog.actions.registering import certify_answer_key, register_department, register_purpose, register_system
from catalog.actions.restricting import restrict_item, unrestrict_item
from catalog.actions.revoking import revoke_key

__all__ = [
    "bring_online",
    "certify_answer_key",
    "check_load",
    "load_file",
    "publish_revision",
    "publish_version",
    "receive_file",
    "register_department",
    "register_purpose",
    "register_system",
    "restrict_item",
    "revoke_key",
    "take_offline",
    "unrestrict_item",
]
