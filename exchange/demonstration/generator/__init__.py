"""The demonstration city's registers, as files that its departments would upload: invented people, real places.

Pure Python from a fixed seed; knows no Django and no clock.
"""

from exchange.demonstration.generator.city import MAXIMUM_HOUSEHOLDS, GeneratedCity, generate
from exchange.demonstration.generator.files import GeneratedFile
from exchange.demonstration.generator.people import REFERENCE_DATE

__all__ = ["MAXIMUM_HOUSEHOLDS", "REFERENCE_DATE", "GeneratedCity", "GeneratedFile", "generate"]
