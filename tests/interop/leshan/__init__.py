"""Eclipse Leshan: its servers and our device, and our servers and its client."""

from . import programs
from .bootstrap_client import BootstrappedLeshanClient
from .bootstrap_server import BootstrappedByLeshan
from .client import LeshanClient
from .device import DeviceOfVersion10, DeviceOfVersion11
from .sleeping_client import LeshanClientAsleep
from .sleeping_device import DeviceAsleep
from .two_servers import TwoServers
from .versions import VersionsOfLeshanClient, VersionsOfOurDevice

SCENARIOS = [
    DeviceOfVersion11,
    DeviceOfVersion10,
    DeviceAsleep,
    VersionsOfOurDevice,
    LeshanClient,
    LeshanClientAsleep,
    BootstrappedLeshanClient,
    VersionsOfLeshanClient,
]

# What Leshan's bootstrap server is tried with.
BOOTSTRAP_SCENARIOS = [BootstrappedByLeshan, TwoServers]
