"""The management API of requests and agreements: doors that authorise, parse, call an action and answer."""
