"""The catalogue over HTTP, under /api/v1/catalog/: doors that authorise, parse, call an action and answer."""
