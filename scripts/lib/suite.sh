# What the suites of tests share: counting, and saying what was counted.
# To be sourced by scripts/suites/* after common.sh.
#
# A suite prints its progress and ends with `N passed, N failed' on the last
# line; its status is 0 only when nothing failed.  A suite that found nothing
# to run has failed.
# shellcheck shell=bash

suite_passed=0
suite_failed=0

pass() {
	suite_passed=$((suite_passed + 1))
	say "ok      $*"
}

fail() {
	suite_failed=$((suite_failed + 1))
	say "FAILED  $*"
}

# check WHAT COMMAND...: its status is the result; its output is shown when it
# failed.
check() {
	local what=$1 out

	shift
	if out=$("$@" 2>&1); then
		pass "$what"
	else
		fail "$what"
		[[ -z $out ]] || printf '%s\n' "$out" | sed 's/^/        /'
	fi
}

# add PASSED FAILED
add() {
	suite_passed=$((suite_passed + $1))
	suite_failed=$((suite_failed + $2))
}

suite_end() {
	if ((suite_passed + suite_failed == 0)); then
		fail "nothing to run"
	fi
	say "$suite_passed passed, $suite_failed failed"
	((suite_failed == 0)) || exit 1
	exit 0
}

# count_lines PATTERN FILE: prints how many lines of it match.
count_lines() { grep -c -E -- "$1" "$2" || true; }

# tracked [PATTERN...]: the project's own files, each ended by a NUL.
tracked() {
	if git -c safe.directory='*' -C "$root" rev-parse >/dev/null 2>&1; then
		git -c safe.directory='*' -C "$root" ls-files -z \
		    --cached --others --exclude-standard -- "$@" |
		    while IFS= read -r -d '' f; do
			[[ ! -f $root/$f ]] || printf '%s\0' "$f"
		    done
	else
		warn "not a git checkout: looking at no files"
	fi
}

# tap_programs DIR: count what `make check' left in DIR: each test program's
# TAP lines, and a program that crashed or was skipped as one failure.
tap_programs() {
	local trs log name ok bad result

	while IFS= read -r -d '' trs; do
		log=${trs%.trs}.log
		name=${trs#"$1"/tests/unit/}
		name=${name%.trs}
		ok=$(count_lines '^ok ' "$log")
		bad=$(count_lines '^not ok ' "$log")
		result=$(sed -n 's/^:global-test-result: //p' "$trs")
		if [[ $result != PASS ]] && ((bad == 0)); then
			bad=1
		fi
		if ((bad + ok == 0)); then
			bad=1
		fi
		add "$ok" "$bad"
		if ((bad == 0)); then
			say "ok      $name: $ok passed"
		else
			say "FAILED  $name: $ok passed, $bad failed ($result)"
			grep -v '^ok ' "$log" | tail -n 60 | sed 's/^/        /'
		fi
	done < <(find "$1/tests/unit" -name '*.trs' -print0 2>/dev/null |
	    sort -z)
}
