# SPDX-License-Identifier: GPL-3.0-or-later
# Debian 12 packages by purpose, and one function that installs what is missing. Sourced by ./run and ./test.

CAIRN_PACKAGES_BUILD="build-essential cmake ninja-build ccache mold pkg-config
 qt6-base-dev qt6-base-dev-tools qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools qt6-charts-dev
 qt6-svg-dev libqscintilla2-qt6-dev libqt6svg6 libqt6sql6-sqlite libqt6opengl6-dev libgl1-mesa-dev libvulkan-dev libxkbcommon-dev
 libcurl4-openssl-dev libssl-dev libsimdjson-dev libyaml-cpp-dev libexpected-dev libprotozero-dev zlib1g-dev
 libmariadb-dev libpq-dev librabbitmq-dev librdkafka-dev
 qtkeychain-qt6-dev libsecret-1-0 fonts-noto-cjk"
CAIRN_PACKAGES_LAB="containerd runc containernetworking-plugins busybox-static iptables iproute2 kmod ethtool socat conntrack
 python3 python3-pip python3-venv python3-torch python3-yaml openssl curl procps"
CAIRN_PACKAGES_TEST="libcpp-httplib-dev
 libnghttp2-dev gnome-keyring dbus-daemon qt6-websockets-dev mariadb-server postgresql clang-format clang-tidy clazy codespell desktop-file-utils appstream"
# installer/build deb, and what looks at its packages.
CAIRN_PACKAGES_PACKAGE="dpkg-dev file gzip xz-utils"
CAIRN_PACKAGES_PACKAGE_TEST="lintian man-db bash-completion zsh fish"
CAIRN_PACKAGES_BENCH="python3-pyte"
# A server for tests/services/test_services.py beside the databases above; it starts them itself.
CAIRN_PACKAGES_SERVICES="rabbitmq-server"
# tests/package/test_install.py.
CAIRN_PACKAGES_INSTALL="debootstrap"
CAIRN_PACKAGES_FUZZ="clang libclang-rt-14-dev"

# cairn_missing PACKAGE… prints those that are not installed.
cairn_missing() {
    local p
    for p in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || printf '%s ' "$p"
    done
}

# cairn_install PACKAGE… installs what is missing: removes nothing, starts no service. As a plain user it asks sudo.
cairn_install() {
    local missing as_root=()
    missing=$(cairn_missing "$@")
    [ -n "$missing" ] || return 0
    echo "Installing Debian packages: $missing"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "These packages are missing and need root: $missing" >&2; return 1; }
        as_root=(sudo)
    fi
    # A policy-rc.d that answers 101 keeps packaged services (containerd) from being started. Put back afterwards.
    local policy=/usr/sbin/policy-rc.d made_policy=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null && "${as_root[@]}" chmod 755 "$policy" && made_policy=1
    fi
    local status=0
    # shellcheck disable=SC2086
    { "${as_root[@]}" apt-get -qq update \
        && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends --no-remove install $missing >/dev/null; } || status=$?
    [ -n "$made_policy" ] && "${as_root[@]}" rm -f "$policy"
    [ "$status" -eq 0 ] || echo "apt-get failed with status $status; see its message above" >&2
    return "$status"
}
