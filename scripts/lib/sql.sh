# Loading the schema without deskctl.  To be sourced after common.sh.
# shellcheck shell=bash

# load_schema DSN: sql/schema in order, then sql/functions.
load_schema() {
	local f

	for f in "$root"/sql/schema/*.sql "$root"/sql/functions/*.sql; do
		[[ -f $f ]] || continue
		PGOPTIONS='-c client_min_messages=warning' psql -X -q -1 \
		    -v ON_ERROR_STOP=1 -d "$1" -f "$f" >/dev/null ||
		    die "${f#"$root"/} does not load"
	done
}
