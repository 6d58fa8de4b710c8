#!/bin/sh
# After the files are gone: what after-install made.
set -e
if [ "$(readlink /usr/bin/weir)" = '/opt/${sanitizedProductName}/resources/cli/weir' ]; then rm -f /usr/bin/weir; fi
if [ -f '/etc/apparmor.d/${executable}' ]; then
  apparmor_parser --remove '/etc/apparmor.d/${executable}' 2>/dev/null || true
  rm -f '/etc/apparmor.d/${executable}'
fi
# dpkg takes away an empty /opt with the last package in it; it is the system's.
if [ ! -d /opt ]; then mkdir -m 0755 /opt; fi
if command -v update-mime-database >/dev/null; then update-mime-database /usr/share/mime || true; fi
if command -v update-desktop-database >/dev/null; then update-desktop-database /usr/share/applications || true; fi
