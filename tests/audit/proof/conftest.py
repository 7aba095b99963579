"""Property tests have no deadline: a test never fails because the machine is busy (timings live in benchmarks/)."""

from hypothesis import settings

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
