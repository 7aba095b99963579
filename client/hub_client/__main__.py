"""`python -m hub_client` is the command `hub`."""

import sys

from hub_client.command import main

sys.exit(main())
