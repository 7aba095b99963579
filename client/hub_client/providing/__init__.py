"""The provider's side: a function, a file or a table becomes the service that the hub asks (docs/provider_protocol.md)."""

from hub_client.providing.description import Description, described, read_description
from hub_client.providing.endpoint import Asked, Endpoint, Given, Subject
from hub_client.providing.hub_keys import HubKeys
from hub_client.providing.nonces import Nonces
from hub_client.providing.tables import FileTable, SqliteTable

__all__ = [
    "Asked",
    "Description",
    "Endpoint",
    "FileTable",
    "Given",
    "HubKeys",
    "Nonces",
    "SqliteTable",
    "Subject",
    "described",
    "read_description",
]
