# Tests by real clients of the whole desk, as scripts/run starts it.
# To be sourced after common.sh and suite.sh.
# shellcheck shell=bash

# client_tests NAME: runs tests/NAME/*.test.mjs under node --test against a
# desk of their own, and ends the suite.  ONLY=orders: that file alone.
#
# They find the variables of var/demo.env, DESKD_BUILD (where deskd and deskctl
# are), DESKD_VAR (the desk's directory) and DESKD_CONTROL.
client_tests() {
	local dir log run tests file status ok bad cut began took=()

	shopt -s nullglob
	# shellcheck disable=SC2206 # a pattern
	tests=("$root/tests/$1"/${ONLY:-*}.test.mjs)
	((${#tests[@]})) || suite_end

	say "npm ci"
	(cd "$root/tests" && npm ci --no-audit --no-fund --loglevel=error)

	dir=$(mktemp -d "/var/tmp/deskd-$1.XXXXXX")
	chmod 711 "$dir"
	at_exit rm -rf "$dir"
	free_ports 7
	log=$dir/run.log
	setsid "$root/scripts/run" --var "$dir/var" --port-base "$port" \
	    >"$log" 2>&1 </dev/null &
	run=$!
	at_exit end_process "$run" 60
	if ! until_true 300 desk_ready || gone "$run"; then
		cat "$log"
		[[ ! -s $dir/var/deskd.log ]] || tail -n 40 "$dir/var/deskd.log"
		fail "scripts/run did not get ready"
		suite_end
	fi
	pass "scripts/run got ready"

	set -a
	# shellcheck disable=SC1091 # made by scripts/run
	. "$dir/var/demo.env"
	set +a
	export DESKD_BUILD=$root/build DESKD_VAR=$dir/var
	DESKD_CONTROL=$(sed -n 's/^control = "\(.*\)"$/\1/p' "$dir/var/deskd.conf")
	export DESKD_CONTROL

	# One file after the other: some empty Redis, stop daemons or watch memory.
	for file in "${tests[@]}"; do
		note "${file##*/}"
		status=0 began=$SECONDS
		# A test that failed may have left something open that keeps node.
		timeout -k 10 900 node --test "$file" 2>&1 | tee "$dir/out" ||
		    status=$?
		ok=$(node_count pass) bad=$(node_count fail) cut=$(node_count cancelled)
		bad=$((${bad:-0} + ${cut:-0}))
		if ((status != 0 && bad == 0)) || ((${ok:-0} + bad == 0)); then
			bad=1
		fi
		add "${ok:-0}" "$bad"
		took+=("$((SECONDS - began)) s ${file##*/}")
	done
	note "the longest"
	printf '%s\n' "${took[@]}" | sort -rn | head -n 12
	if ((suite_failed > 0)); then
		say "the end of deskd's log:"
		tail -n 40 "$dir/var/deskd.log" | sed 's/^/        /'
	fi
	if gone "$run"; then
		fail "scripts/run ended while the tests ran"
	fi
	suite_end
}

desk_ready() { gone "$run" || grep -qx ready "$log"; }
node_count() { sed -n -E "s/^(#|ℹ) $1 ([0-9]+)\$/\2/p" "$dir/out" | tail -n 1; }
