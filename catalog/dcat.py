"""The catalogue for other catalogues: DCAT-AP 3 as JSON-LD, in pages linked by Hydra. The context stands in the document."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.errors import Invalid
from catalog.errors import NoSuchThing
from catalog.models import DataItem, Dataset, Department

PAGE = 100
MEDIA_TYPE = "application/ld+json"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_FREQUENCIES = {
    "REALTIME": "UPDATE_CONT",
    "DAILY": "DAILY",
    "WEEKLY": "WEEKLY",
    "MONTHLY": "MONTHLY",
    "QUARTERLY": "QUARTERLY",
    "HALF_YEARLY": "ANNUAL_2",
    "YEARLY": "ANNUAL",
    "IRREGULAR": "IRREG",
}
_RIGHTS = {"UNCONDITIONAL": "RESTRICTED", "CONDITIONAL": "RESTRICTED", "NOT_SHARED": "NON_PUBLIC"}
Node = dict[str, Any]


@require_safe
def catalog_feed(request: HttpRequest) -> JsonResponse:
    """`/catalog.jsonld?page=n`: the catalogue with one page of its datasets."""
    number = request.GET.get("page", "1")
    if not number.isascii() or not number.isdecimal() or len(number) > 6 or int(number) < 1:
        raise Invalid(_("A page is a whole number from 1."), code="BAD_PAGE")
    return JsonResponse(document(int(number)), content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})


def document(page: int, *, size: int = PAGE) -> Node:
    """One page of the catalogue as a JSON-LD document; raises NoSuchThing past the last page."""
    published = Dataset.objects.published().order_by("code")
    total = published.count()
    last = max(1, -(-total // size))
    if page > last:
        raise NoSuchThing(_("The catalogue has fewer pages."))
    datasets = list(published.with_details()[(page - 1) * size : page * size])
    authority = Department.objects.filter(is_authority=True).first()
    publishers = {dataset.provider_id: dataset.provider for dataset in datasets} | ({authority.code: authority} if authority else {})
    graph = [_catalog(datasets, authority), _view(page, last, total)]
    graph += [_agent(department) for _code, department in sorted(publishers.items())]
    for dataset in datasets:
        graph += _dataset(dataset)
    return {"@context": CONTEXT, "@graph": graph}


def address(path: str) -> str:
    """A path as an address that others can reach."""
    return f"{settings.PUBLIC_URLS[0]}{path}"


def _feed(page: int | None = None) -> str:
    return address("/catalog.jsonld") + (f"?page={page}" if page else "")


def _texts(english: str, chinese: str) -> list[Node]:
    pairs = (("en", english), ("zh-Hans", chinese))
    return [{"@language": language, "@value": text} for language, text in pairs if text]


def _catalog(datasets: list[Dataset], authority: Department | None) -> Node:
    node: Node = {
        "@id": _feed(),
        "@type": "dcat:Catalog",
        "dct:title": _texts("Catalogue of government data", "政务数据目录"),
        "dct:description": _texts("What the departments hold, and how it may be shared.", "各部门掌握的政务数据及其共享方式。"),
        "dct:language": [{"@id": _AUTHORITY + "language/ENG"}, {"@id": _AUTHORITY + "language/ZHO"}],
        "foaf:homepage": {"@id": address("/")},
        "dcat:dataset": [{"@id": _dataset_address(dataset)} for dataset in datasets],
    }
    if authority is not None:
        node["dct:publisher"] = {"@id": _agent_address(authority)}
    return node


def _view(page: int, last: int, total: int) -> Node:
    view: Node = {
        "@id": _feed(page),
        "@type": "hydra:PartialCollectionView",
        "hydra:first": {"@id": _feed(1)},
        "hydra:last": {"@id": _feed(last)},
    }
    if page > 1:
        view["hydra:previous"] = {"@id": _feed(page - 1)}
    if page < last:
        view["hydra:next"] = {"@id": _feed(page + 1)}
    return {"@id": _feed() + "#datasets", "@type": "hydra:Collection", "hydra:totalItems": total, "hydra:view": view}


def _agent_address(department: Department) -> str:
    return address(f"/catalog/departments/{department.code}")


def _agent(department: Department) -> Node:
    names = _texts(department.name_en, department.name_zh)
    return {
        "@id": _agent_address(department),
        "@type": "foaf:Agent",
        "foaf:name": names,
        "dct:type": {"@id": "http://purl.org/adms/publishertype/LocalAuthority"},
    }


def _dataset_address(dataset: Dataset) -> str:
    """Its name in the feed, and the page about it: without a language, so that the reader's own is chosen."""
    return address(f"/catalog/{dataset.code}")


def _download_address(dataset: Dataset, suffix: str) -> str:
    return address(reverse("catalog-download", args=(dataset.code, suffix)))


def _dataset(dataset: Dataset) -> list[Node]:
    """A dataset, and the ways to get it: files where it is open, else the page that says how to ask."""
    distributions = _files(dataset) if dataset.open and not dataset.offline else [_on_request(dataset)]
    rights = "PUBLIC" if dataset.open else _RIGHTS[dataset.sharing_attribute]
    node: Node = {
        "@id": _dataset_address(dataset),
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.code,
        "dct:title": _texts(dataset.title_en, dataset.title_zh),
        "dct:description": _texts(dataset.description_en, dataset.description_zh),
        "dct:publisher": {"@id": _agent_address(dataset.provider)},
        "dct:accessRights": {"@id": f"{_AUTHORITY}access-right/{rights}"},
        "dct:accrualPeriodicity": {"@id": f"{_AUTHORITY}frequency/{_FREQUENCIES[dataset.update_frequency]}"},
        "dcat:keyword": _keywords(dataset),
        "dcat:landingPage": {"@id": _dataset_address(dataset)},
        "dcat:distribution": [{"@id": distribution["@id"]} for distribution in distributions],
    }
    for name, moment in (("dct:issued", dataset.published_at), ("dct:modified", _modified(dataset))):
        if moment is not None:
            node[name] = {"@type": "xsd:dateTime", "@value": moment.isoformat()}
    return [node, *distributions]


def _modified(dataset: Dataset) -> Any:
    return dataset.current_revision.as_of if dataset.current_revision else dataset.changed_at


def _keywords(dataset: Dataset) -> list[Node]:
    """Labels of the items that may be asked for; those that are restricted are not in the feed."""
    version = dataset.current_version
    items: list[DataItem] = list(version.items.all()) if version else []
    return [text for item in items if item.may_be_asked for text in _texts(item.title_en, item.title_zh)]


def _files(dataset: Dataset) -> list[Node]:
    forms = (("csv", "text/csv", "CSV"), ("jsonl", "application/jsonl", "JSON"))
    return [
        {
            "@id": _download_address(dataset, suffix),
            "@type": "dcat:Distribution",
            "dct:title": _texts(f"{dataset.title_en}, {form}", f"{dataset.title_zh}（{form}）"),
            "dcat:accessURL": {"@id": _dataset_address(dataset)},
            "dcat:downloadURL": {"@id": _download_address(dataset, suffix)},
            "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media_type}"},
            "dct:format": {"@id": f"{_AUTHORITY}file-type/{form}"},
        }
        for suffix, media_type, form in forms
    ]


def _on_request(dataset: Dataset) -> Node:
    return {
        "@id": f"{_dataset_address(dataset)}#exchange",
        "@type": "dcat:Distribution",
        "dct:title": _texts("Exchange under an agreement", "依共享协议交换"),
        "dcat:accessURL": {"@id": _dataset_address(dataset)},
    }
