"""Service matters: read from their files, guarded, published as immutable versions, and found again."""

from exchange.affairs.matters.finding import matter_by_slug, open_matters, plan_of
from exchange.affairs.matters.loading import load_matter_file
from exchange.affairs.matters.plan import Plan
from exchange.affairs.matters.publishing import publish_matter

__all__ = ["Plan", "load_matter_file", "matter_by_slug", "open_matters", "plan_of", "publish_matter"]
