# Building in a directory beside the source.  To be sourced after common.sh.
# shellcheck shell=bash

# build_tree DIR [configure's arguments]: in DIR of the checkout; safe to
# repeat; configure runs again only when something that it depends on changed.
# Without arguments a tree that is there stays as it was configured: who wants
# to run the desk does not build anew what the tests have built.
# $build_target, when set, is made instead of everything.
# (By a relative path: configure takes blanks in that, not in an absolute one.)
build_tree() {
	local dir=$root/$1 wanted kept=()

	shift
	if (($# == 0)) && [[ -s $dir/arguments ]]; then
		mapfile -t kept <"$dir/arguments"
		set -- "${kept[@]}"
	fi
	wanted="$* CFLAGS=${CFLAGS-} CC=${CC-}"
	if [[ ! -x $root/configure || $root/configure.ac -nt $root/configure ||
	    $root/Makefile.am -nt $root/Makefile.in ]]; then
		say "autogen"
		"$root/autogen.sh" >"$root/autogen.log" 2>&1 || {
			cat "$root/autogen.log" >&2
			die "autogen.sh failed"
		}
	fi
	mkdir -p "$dir"
	if [[ ! -f $dir/Makefile || $root/configure -nt $dir/config.status ||
	    $(cat "$dir/configured" 2>/dev/null) != "$wanted" ]]; then
		say "configure $*"
		rm -f "$dir/configured"
		(cd "$dir" && ../configure "$@") >"$dir/configure.out" 2>&1 || {
			tail -n 20 "$dir/configure.out" >&2
			die "configure failed (see $dir/config.log)"
		}
		[[ ! -f $dir/built_as || $(<"$dir/built_as") = "$wanted" ]] ||
		    make -s -C "$dir" clean >/dev/null
		rm -f "$dir/arguments"
		(($# == 0)) || printf '%s\n' "$@" >"$dir/arguments"
		printf '%s\n' "$wanted" >"$dir/configured"
		printf '%s\n' "$wanted" >"$dir/built_as"
	fi
	say "make in ${dir##*/}"
	make -C "$dir" -j"$jobs" --no-print-directory "${build_target:-all}"
}

# clang_tree: build-clang, of which are the warnings, the tests with sanitizers
# and the fuzzers: all of clang's are compiled once.
clang_tree() {
	build_tree build-clang --enable-werror --enable-fuzz --with-web=no CC=clang
}
