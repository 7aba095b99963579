"""The API of citizen services for kiosks and other programs: doors that authorise, parse, call the pages' actions and answer."""
