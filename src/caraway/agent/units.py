"""What systemd and udev are told; ``{start}`` is the command, ``{port}`` the port's name."""

from __future__ import annotations

from typing import Final

__all__ = ["RULE_SYSTEM", "RULE_USER", "UNIT_SYSTEM", "UNIT_USER"]

#: A service of the machine, which udev starts. Root, because the device is root's, without
#: anything that makes root what it is.
UNIT_SYSTEM: Final = """\
[Unit]
Description=Folder of the SPICE client (caraway agent)
Conflicts=spice-webdavd.service

[Service]
EnvironmentFile=-%E/caraway-agent.conf
ExecStart={start} $CARAWAY_AGENT_OPTIONS
Restart=on-failure
RestartSec=5
# The options make no sense.
RestartPreventExitStatus=2
CapabilityBoundingSet=
NoNewPrivileges=yes
DevicePolicy=closed
DeviceAllow=char-virtio-portsdev rw
IPAddressDeny=any
IPAddressAllow=localhost
LockPersonality=yes
MemoryDenyWriteExecute=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=read-only
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectSystem=strict
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RuntimeDirectory=caraway-agent
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0077
"""

#: A service of who has logged in, whose commands may do what the user may.
UNIT_USER: Final = """\
[Unit]
Description=Folder of the SPICE client (caraway agent)

[Service]
EnvironmentFile=-%E/caraway-agent.conf
ExecStart={start} $CARAWAY_AGENT_OPTIONS
Restart=on-failure
# Another user may have the device for hours.
RestartSec=30
# The options make no sense.
RestartPreventExitStatus=2

[Install]
WantedBy=default.target
"""

#: After 70-spice-webdavd.rules: that has udev start spice-webdavd instead.
RULE_SYSTEM: Final = """\
ACTION!="remove", SUBSYSTEM=="virtio-ports", ATTR{{name}}=="{port}", \\
  TAG+="systemd", ENV{{SYSTEMD_WANTS}}="caraway-agent.service"
"""

#: Before 73-seat-late.rules, which gives devices with this tag away.
RULE_USER: Final = """\
ACTION!="remove", SUBSYSTEM=="virtio-ports", ATTR{{name}}=="{port}", TAG+="uaccess"
"""
