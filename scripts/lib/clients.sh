# Tests by real clients of the whole desk, as scripts/run starts it.
# To be sourced after common.sh, suite.sh and build.sh.
# shellcheck shell=bash

# client_tests [--again] NAME [DESKS [FIRST...]]: runs tests/NAME/*.test.mjs under
# node --test, those named FIRST before the others, and ends the suite.
# ONLY=orders: that file alone.
#
# --again: a file of which a test failed runs once more when all others are over, at
# a new desk; what counts is that run.  Which these were stands at the end: a race of
# the product or of the test that a busy machine showed, to be mended like any fault.
# More than four that failed are no race, and stay failed.
#
# Each file has a desk to itself while it runs: of the DESKS (1) that are
# started, with servers of their own, each takes the next file when it is done
# with one.  What a file printed is shown when it is over.
#
# They find the variables of var/demo.env, DESKD_BUILD (where deskd and deskctl
# are), DESKD_VAR (the desk's directory), DESKD_CONTROL and DESKD_LANE (which of how
# many desks).
client_tests() {
	local suite_name dir tests file again=no desks n ok bad ready=0

	if [[ $1 = --again ]]; then
		again=yes
		shift
	fi
	suite_name=$1 desks=${2:-1}
	shopt -s nullglob
	# shellcheck disable=SC2206 # a pattern
	tests=("$root/tests/$1"/${ONLY:-*}.test.mjs)
	((${#tests[@]})) || suite_end
	for ((n = $#; n > 2; n--)); do
		file=$root/tests/$1/${!n}.test.mjs
		[[ -n ${ONLY-} ]] || tests=("$file" "${tests[@]}")
	done
	((desks <= ${#tests[@]})) || desks=${#tests[@]}

	say "npm ci"
	(cd "$root/tests" && npm ci --no-audit --no-fund --loglevel=error)
	# Once, not by each desk at the same time.
	build_tree build

	dir=$(mktemp -d "/var/tmp/deskd-$1.XXXXXX")
	chmod 711 "$dir"
	at_exit rm -rf "$dir"
	client_desks
	for file in "${tests[@]}"; do
		grep -q " ${file##*/}\$" "$dir/results" ||
		    fail "${file##*/} was not run"
	done
	[[ $again = no ]] || client_again

	while read -r ok bad _; do
		add "$ok" "$bad"
		ready=1
	done <"$dir/results"
	note "the longest"
	sort -k3,3nr "$dir/results" | head -n 12 |
	    sed -E 's/^[0-9]+ [0-9]+ ([0-9]+) (.*)/\1 s  \2/'
	if [[ -s $dir/first ]]; then
		note "failed at first, and were run again"
		cat "$dir/first"
	fi
	((ready)) || fail "nothing was run"
	suite_end
}

# client_desks: the $desks of them in $dir, and all of $tests by them.
client_desks() {
	local lanes=() n

	mkdir "$dir/taken"
	: >"$dir/results"
	for ((n = 1; n <= desks; n++)); do
		# (Ports are chosen by looking: one after the other.)
		free_ports 7
		client_desk "$n" "$port" &
		lanes+=($!)
		at_exit end_process $! 90
		until_true 300 desk_begun "$n" $! || true
	done
	wait "${lanes[@]}" || true
}

# client_again: those files of $dir/results that failed, where they are few, once
# more; their names go to $dir/first.
client_again() {
	local before=$dir file

	awk '$2 > 0 && $4 ~ /test\.mjs$/ { print $4 }' "$dir/results" >"$dir/first"
	if (($(wc -l <"$dir/first") > 4)); then
		: >"$dir/first"
	fi
	[[ -s $dir/first ]] || return 0
	note "run again: $(paste -sd ' ' "$dir/first")"
	tests=()
	while read -r file; do
		tests+=("$root/tests/$suite_name/$file")
	done <"$dir/first"
	again=no desks=1 dir=$dir/again
	mkdir "$dir"
	chmod 711 "$dir"
	client_desks
	awk '!($2 > 0 && $4 ~ /test\.mjs$/)' "$before/results" >"$before/kept"
	cat "$before/kept" "$dir/results" >"$before/results"
	dir=$before
}

# client_desk N PORT: the n-th desk, and the files that it takes.
client_desk() {
	local own=$dir/desk$1 log=$dir/run$1.log run port try

	mkdir "$own"
	chmod 711 "$own"
	port=$2
	for try in 1 2 3; do
		# On a busy disk one sync may take longer than a test waits.
		setsid "$root/scripts/run" --no-sync --var "$own/var" \
		    --port-base "$port" >"$log" 2>&1 </dev/null &
		run=$!
		at_exit end_process "$run" 60
		until_true 300 desk_ready || break
		# A port may be taken between the look and the use.
		if ((try == 3)) || ! gone "$run" ||
		    ! grep -qE 'already in use|is taken' "$log"; then
			break
		fi
		cat "$log"
		free_ports 7
	done
	if ! desk_ready || gone "$run"; then
		cat "$log"
		[[ ! -s $own/var/deskd.log ]] || tail -n 40 "$own/var/deskd.log"
		say "FAILED  scripts/run did not get ready"
		printf '0 1 0 scripts/run\n' >>"$dir/results"
		return
	fi
	say "ok      scripts/run got ready"
	printf '1 0 0 scripts/run\n' >>"$dir/results"

	set -a
	# shellcheck disable=SC1091 # made by scripts/run
	. "$own/var/demo.env"
	set +a
	export DESKD_BUILD=$root/build DESKD_VAR=$own/var
	DESKD_CONTROL=$(sed -n 's/^control = "\(.*\)"$/\1/p' "$own/var/deskd.conf")
	export DESKD_CONTROL DESKD_LANE=$1/$desks

	# One after the other: some empty Redis, stop daemons or watch memory.
	for file in "${tests[@]}"; do
		if mkdir "$dir/taken/${file##*/}" 2>/dev/null; then
			client_file "$file" "$dir/out$1"
		fi
	done
	if gone "$run"; then
		say "FAILED  scripts/run ended while the tests ran"
		printf '0 1 0 scripts/run\n' >>"$dir/results"
	fi
}

# client_file FILE OUT
client_file() {
	local began=$SECONDS status=0 ok bad cut

	# A test that failed may have left something open that keeps node.
	timeout -k 10 900 node --test "$1" >"$2" 2>&1 </dev/null || status=$?
	ok=$(node_count pass "$2") bad=$(node_count fail "$2")
	cut=$(node_count cancelled "$2")
	ok=${ok:-0} bad=$((${bad:-0} + ${cut:-0}))
	if ((status != 0 && bad == 0)) || ((ok + bad == 0)); then
		bad=1
	fi
	if ((bad > 0)); then
		{
			say "the end of deskd's log:"
			tail -n 40 "$own/var/deskd.log" | sed 's/^/        /'
		} >>"$2"
	fi
	{
		note "${1##*/}"
		if ((bad > 0)) && [[ $again = yes ]]; then
			sed 's/^/        | /' "$2"
		else
			cat "$2"
		fi
	} >"$2.shown"
	# At once, so that those of two desks do not mix.
	flock "$dir/results" cat "$2.shown"
	printf '%d %d %d %s\n' "$ok" "$bad" $((SECONDS - began)) "${1##*/}" \
	    >>"$dir/results"
}

desk_ready() { gone "$run" || grep -qx ready "$log"; }
# The n-th desk has its ports, or will have none.
desk_begun() { gone "$2" || grep -qx ready "$dir/run$1.log"; }
node_count() { sed -n -E "s/^(#|ℹ) $1 ([0-9]+)\$/\2/p" "$2" | tail -n 1; }
