"""The demonstration city's registers, as files that its departments would upload: invented people, real places.

Pure Python from a fixed seed; has no clock, and asks Django only where the jurisdiction's folder is.
"""

from exchange.demonstration.generator.city import MAXIMUM_HOUSEHOLDS, GeneratedCity, generate
from exchange.demonstration.generator.files import GeneratedFile
from exchange.demonstration.generator.people import REFERENCE_DATE

__all__ = ["MAXIMUM_HOUSEHOLDS", "REFERENCE_DATE", "GeneratedCity", "GeneratedFile", "generate"]
