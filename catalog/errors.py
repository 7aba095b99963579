"""What can go wrong in the catalogue, each with what to do about it."""

from django.utils.translation import gettext_lazy as _

from audit.errors import Conflict, Invalid, Missing, NotAllowed, Unavailable


class DescriptionInvalid(Invalid):
    """The description of a dataset does not hold; every fault is listed at once."""

    code = "DESCRIPTION_INVALID"
    title = _("The description of the dataset needs correcting")


class FileTooLarge(Invalid):
    """The uploaded file passes the limit of this hub."""

    code = "FILE_TOO_LARGE"
    status = 413
    title = _("The file is too large")


class LoadNotReady(Conflict):
    """The load is not in the state that this step needs."""

    code = "LOAD_NOT_READY"
    title = _("This load cannot take that step now")


class RemoteDataset(Conflict):
    """The dataset is answered by its department's service, database or officer: no file is loaded into it."""

    code = "REMOTE_DATASET"
    title = _("This dataset takes no file")


class VersionChanged(Conflict):
    """The dataset got a new description after the file was checked."""

    code = "VERSION_CHANGED"
    title = _("The description has changed since the file was checked; load the file again")


class AlreadyThere(Conflict):
    """Something of that name exists."""

    code = "ALREADY_THERE"
    title = _("This exists already")


class NoSuchThing(Missing):
    """Nothing of that name is in the catalogue."""

    title = _("Not in the catalogue")


class NotOpenData(NotAllowed):
    """The rows of this dataset leave only under an agreement."""

    code = "NOT_OPEN_DATA"
    title = _("These rows are shared under an agreement only")


class CustodyRefused(NotAllowed):
    """Personal data need a document key that the department itself holds."""

    code = "HUB_CUSTODY"
    title = _("Datasets with personal items are signed with a key that the department itself keeps")


class FilesMissing(Unavailable):
    """The files of a revision are not here, or are not the ones that were signed: no data, rather than wrong data."""

    code = "FILES_MISSING"
    title = _("The data files of this dataset are not available here")


class FilesTampered(FilesMissing):
    """A file of a revision is not, byte for byte, the one that the provider signed."""

    code = "FILES_TAMPERED"
    title = _("The data files of this dataset are not the ones that were signed")


class DatasetOffline(Unavailable):
    """The provider has taken the dataset offline."""

    code = "PROVIDER_DOWN"
    title = _("The provider has taken this dataset offline for the moment")
