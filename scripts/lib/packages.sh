# Debian packages: which are needed for what, and installing what is missing.
# To be sourced after common.sh.
# shellcheck shell=bash

# package, or package=command where the command is enough from anywhere.
packages_build="gcc make autoconf automake pkg-config libc6-dev libevent-dev
	libpq-dev libhiredis-dev libssl-dev libargon2-dev liboath-dev
	libgmime-3.0-dev libjansson-dev libconfuse-dev
	libcurl4-openssl-dev libncurses-dev libsystemd-dev zlib1g-dev"
# To build the web client; an archive has it built.
packages_web="nodejs=node npm=npm"
[[ ! -f $root/daemon/web/built/index.html ]] || packages_web=
packages_run="postgresql-15 redis-server redis-tools openssl curl"
packages_test="libcmocka-dev clang clang-format shellcheck git
	libclang-rt-14-dev postgresql-15-pgtap
	libtap-parser-sourcehandler-pgtap-perl=pg_prove
	nodejs=node npm=npm postfix dovecot-imapd dovecot-lmtpd fetchmail
	kamailio kamailio-extra-modules kamailio-utils-modules sip-tester
	chromium chromium-headless-shell fonts-dejavu-core tmux"

package_there() {
	local command=${1#*=} status

	if [[ $1 = *=* ]] && command -v "$command" >/dev/null; then
		return 0
	fi
	status=$(dpkg-query -W -f='${db:Status-Status}' "${1%=*}" 2>/dev/null) &&
	    [[ $status = installed ]]
}

# As root itself, or by sudo when that asks nothing.
as_root() {
	if ((EUID == 0)); then
		"$@"
	else
		sudo -n -- "$@"
	fi
}

# The Debian packages of PostgreSQL and Redis start their own servers, and
# PostgreSQL's makes a cluster.  Ours are private: while installing, hold
# both back; afterwards leave the system's settings as they were.
hold_services() {
	held_policy=no held_cluster=no
	if [[ ! -e /usr/sbin/policy-rc.d ]]; then
		held_policy=yes
		printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d \
		    >/dev/null
		as_root chmod 755 /usr/sbin/policy-rc.d
	fi
	if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
		held_cluster=yes
		as_root mkdir -p /etc/postgresql-common
		printf 'create_main_cluster = false\n' |
		    as_root tee /etc/postgresql-common/createcluster.conf \
			>/dev/null
	fi
}

release_services() {
	if [[ ${held_policy-no} = yes ]]; then
		as_root rm -f /usr/sbin/policy-rc.d
	fi
	if [[ ${held_cluster-no} = yes ]]; then
		as_root rm -f /etc/postgresql-common/createcluster.conf
		# Back to what the package ships, now that it is there.
		if [[ -e /usr/share/postgresql-common/createcluster.conf ]]; then
			as_root cp /usr/share/postgresql-common/createcluster.conf \
			    /etc/postgresql-common/
		fi
	fi
	held_policy=no held_cluster=no
}

# need_packages PACKAGE...: all of them are there, or we stop and say which
# are not.
need_packages() {
	local p missing=()

	for p; do
		package_there "$p" || missing+=("${p%=*}")
	done
	((${#missing[@]})) || return 0
	command -v apt-get >/dev/null ||
	    die "not a Debian system; needed here: ${missing[*]}"
	if ((EUID != 0)) && ! sudo -n true 2>/dev/null; then
		warn "These packages are missing, and neither root nor sudo is" \
		    "at hand to install them:"
		warn "  apt-get install ${missing[*]}"
		exit 1
	fi
	say "installing: ${missing[*]}"
	at_exit release_services
	hold_services
	if ! apt_install "${missing[@]}"; then
		say "refreshing the package lists"
		as_root apt-get -q -y update
		apt_install "${missing[@]}" ||
		    die "could not install: ${missing[*]}"
	fi
	release_services
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
	    -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef \
	    -o Dpkg::Options::=--force-confold \
	    install --no-install-recommends "$@" </dev/null
}
