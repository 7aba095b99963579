"""Addresses that the hub never calls, whatever a description says: constants, without a socket, for whoever checks and whoever calls.

RFC 6890 and its registry: this machine, links, documentation, multicast; the metadata services of the clouds stand among the
links. IPv6 forms that carry an IPv4 address (mapped, compatible, 6to4, Teredo, NAT64) are denied as a whole: write the address itself.
"""

from __future__ import annotations

import ipaddress

DENIED_NETWORKS: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "::/96",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",
        "2001:db8::/32",
        "2002::/16",
        "fe80::/10",
        "fec0::/10",
        "fd00:ec2::254/128",
        "ff00::/8",
    )
)
