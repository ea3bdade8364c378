# What every script here shares.  To be sourced by bash, not run.
#
# Sets: root (the checkout), and a clean locale.  Everything a script started
# is ended by at_exit, whatever way the script leaves.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export LC_ALL=C.UTF-8
jobs=$(nproc 2>/dev/null || echo 2)

say() { printf '%s\n' "$*"; }
note() { printf '\n== %s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# interruptible "$@": begin again with SIGINT as it should be, when whoever
# started us in the background had it ignored: bash cannot take that back.
interruptible() {
	local ignored

	ignored=$(sed -n 's/^SigIgn:[[:space:]]*//p' /proc/$$/status)
	if (((0x$ignored & 2) != 0)) && [[ -z ${DESKD_AGAIN-} ]]; then
		DESKD_AGAIN=1 exec env --default-signal=INT,QUIT \
		    bash "$0" "$@"
	fi
	unset DESKD_AGAIN
}

# at_exit COMMAND ARGUMENT...: run when the script ends, last one first.
exit_steps=()
at_exit() {
	local step

	# Only the shell that started things ends them, not its subshells.
	if [[ ${exit_owner-} != "$BASHPID" ]]; then
		exit_owner=$BASHPID
		exit_steps=()
	fi
	printf -v step '%q ' "$@"
	exit_steps+=("$step")
	trap leave EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 129' HUP
}

leave() {
	local status=$? i

	[[ ${exit_owner-} = "$BASHPID" ]] || return "$status"
	trap '' INT TERM HUP
	trap - EXIT
	set +e
	for ((i = ${#exit_steps[@]} - 1; i >= 0; i--)); do
		eval "${exit_steps[i]}"
	done
	exit "$status"
}

# until_true SECONDS COMMAND...: ask again until it is so or time is up.
until_true() {
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || return 1
		sleep 0.05
	done
}

alive() { kill -0 "$1" 2>/dev/null; }
gone() { ! alive "$1"; }

# end_process PID [SECONDS]: ask it to end, insist after SECONDS.
end_process() {
	local pid=$1

	alive "$pid" || return 0
	kill -CONT "$pid" 2>/dev/null || true
	kill -TERM "$pid" 2>/dev/null || true
	if ! until_true "${2:-20}" gone "$pid"; then
		warn "process $pid does not end: killed"
		kill -KILL "$pid" 2>/dev/null || true
	fi
	wait "$pid" 2>/dev/null || true
}

# run_child COMMAND...: wait for it so that a signal to us is acted on at once,
# and ends it too.
run_child() {
	"$@" <&0 &
	at_exit end_process $!
	wait $!
}

# end_group PID: the same for a process that leads a group (setsid).
end_group() {
	alive "$1" || return 0
	kill -TERM -- "-$1" 2>/dev/null || true
	end_process "$1" 60
}

# port_taken PORT: somebody listens on it.
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port: sets $port.  Below the kernel's own range, so that no outgoing
# connection sits on it by chance.
free_port() {
	local tries

	for ((tries = 0; tries < 200; tries++)); do
		port=$((RANDOM % 12000 + 20000))
		port_taken "$port" || return 0
	done
	die "no free port between 20000 and 32000"
}

# free_ports N: sets $port to the first of N free ports in a row.
free_ports() {
	local tries i

	for ((tries = 0; tries < 200; tries++)); do
		port=$((RANDOM % 12000 + 20000))
		for ((i = 0; i < $1; i++)); do
			! port_taken $((port + i)) || continue 2
		done
		return 0
	done
	die "no $1 free ports in a row between 20000 and 32000"
}

# random_word BYTES: letters and digits, 4 bits each.
random_word() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n'; }

# private_file NAME: standard input becomes a file that only we can read.
private_file() {
	(umask 077 && cat >"$1.new" && mv -f -- "$1.new" "$1")
}
