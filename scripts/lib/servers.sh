# A private PostgreSQL and a private Redis, each in a directory of its own.
# To be sourced after common.sh.
#
#   servers_open DIR            where they live; sets $servers
#   pg_start [fast]             sets $pg_port and $pg_dsn (superuser deskd,
#                               database deskd).  fast: no fsync, for tests
#                               that never kill it.  nosync: nothing waits for
#                               the disk, for tests that kill it, but not the
#                               machine
#   pg_stop, pg_kill            in good order; as if the power had gone
#   pg_pid                      prints the postmaster's process id
#   redis_start [memory|appendonly|nosync]    sets $redis_port and $redis_url
#   redis_stop, redis_kill, redis_pid
#
# Both listen on 127.0.0.1 only.  PostgreSQL asks for a password, which stands
# in the connection string; files that hold one have mode 600.  Started again
# in the same directory they keep their data, and their port while it is free.
# Neither ever runs as root: root hands them to an unprivileged account.
# shellcheck shell=bash

servers_open() {
	mkdir -p "$1"
	servers=$(cd "$1" && pwd)
	pg_bin=$(pg_find_bin) ||
	    die "PostgreSQL 15 or newer is not installed (postgresql-15)"
	servers_account
}

pg_find_bin() {
	local d

	for d in "${PG_BIN-}" /usr/lib/postgresql/{18,17,16,15}/bin; do
		if [[ -n $d && -x $d/postgres ]]; then
			printf '%s\n' "$d"
			return 0
		fi
	done
	return 1
}

# The account they run as.  Ours, unless we are root.
servers_account() {
	servers_as=
	((EUID == 0)) || return 0
	if id postgres >/dev/null 2>&1; then
		servers_as=postgres
	else
		if ! id deskd-test >/dev/null 2>&1; then
			say "making the account deskd-test: PostgreSQL does not run as root"
			useradd --system --user-group --no-create-home \
			    --home-dir /nonexistent --shell /usr/sbin/nologin \
			    deskd-test
		fi
		servers_as=deskd-test
	fi
	# It must be able to reach the data: a checkout below /root is closed
	# to it.
	if ! as_server test -x "$servers"; then
		local other

		other=/var/tmp/deskd-$(printf '%s' "$servers" | cksum |
		    cut -d ' ' -f 1)
		warn "$servers cannot be reached by the account $servers_as:" \
		    "PostgreSQL and Redis keep their data in $other"
		mkdir -p "$other"
		# Nobody else may have been there first.
		[[ -O $other && ! -L $other ]] ||
		    die "$other belongs to somebody else"
		chmod 711 "$other"
		servers=$other
	fi
}

# as_server COMMAND...: run it as the servers' account, away from any
# directory that account cannot read.
as_server() {
	if [[ -n $servers_as ]]; then
		(cd / && exec setpriv --reuid "$servers_as" \
		    --regid "$(id -g "$servers_as")" --init-groups "$@")
	else
		"$@"
	fi
}

# as_daemon LOG COMMAND...: the same in the background and a session of its
# own, so that Ctrl-C reaches us first.  Sets $daemon_pid.
as_daemon() {
	local log=$1 who=()

	shift
	[[ -z $servers_as ]] || who=(setpriv --reuid "$servers_as"
		--regid "$(id -g "$servers_as")" --init-groups)
	(cd / && exec setsid "${who[@]}" "$@") >>"$log" 2>&1 </dev/null 9>&- &
	daemon_pid=$!
	# Its end is ours to notice, not bash's to announce.
	disown "$daemon_pid"
}

own_directory() {
	mkdir -p "$1"
	chmod 700 "$1"
	[[ -z $servers_as ]] || chown "$servers_as:" "$1"
}

# keep_port FILE: the port of last time, or another; sets $port.
keep_port() {
	port=
	[[ ! -s $1 ]] || port=$(<"$1")
	if [[ ! $port =~ ^[0-9]+$ ]] || port_taken "$port"; then
		free_port
	fi
	printf '%s\n' "$port" >"$1"
}

# ---- PostgreSQL

pg_start() {
	local dir=$servers/pg log=$servers/pg.log password try options

	if pid=$(pg_pid); then
		say "PostgreSQL still runs from before: stopping it"
		pg_stop
	fi
	own_directory "$dir"
	if [[ ! -s $dir/PG_VERSION ]]; then
		say "PostgreSQL: making a cluster in $dir"
		random_word 12 | private_file "$servers/pg.password"
		[[ -z $servers_as ]] ||
		    chown "$servers_as:" "$servers/pg.password"
		as_server "$pg_bin/initdb" -D "$dir" -U deskd -E UTF8 \
		    --locale=C.UTF-8 -A scram-sha-256 --no-sync \
		    --pwfile="$servers/pg.password" >"$log" 2>&1 || {
			cat "$log" >&2
			die "initdb failed"
		}
		[[ -z $servers_as ]] || chown 0 "$servers/pg.password"
	fi
	password=$(<"$servers/pg.password")
	options=(-c listen_addresses=127.0.0.1 -c unix_socket_directories=
		-c max_connections=100 -c shared_buffers=64MB
		-c log_min_messages=warning -c timezone=UTC
		-c jit=off) # as the daemon's own connections have it
	if [[ ${1-} = fast ]]; then
		# Statistics change when a test says so, and at no other time.
		options+=(-c fsync=off -c synchronous_commit=off
			-c full_page_writes=off -c autovacuum=off)
	elif [[ ${1-} = nosync ]]; then
		options+=(-c fsync=off -c full_page_writes=off)
	fi
	for try in 1 2 3; do
		keep_port "$servers/pg.port"
		pg_port=$port
		as_daemon "$log" "$pg_bin/postgres" -D "$dir" -p "$pg_port" \
		    "${options[@]}"
		pg_process=$daemon_pid
		pg_dsn="host=127.0.0.1 port=$pg_port dbname=deskd user=deskd password=$password"
		if until_true 180 pg_up_or_gone && alive "$pg_process"; then
			pg_database
			return 0
		fi
		((try < 3)) || break
		rm -f "$servers/pg.port"
	done
	tail -n 20 "$log" >&2
	die "PostgreSQL does not start (see $log)"
}

pg_ready() {
	"$pg_bin/pg_isready" -q -h 127.0.0.1 -p "$pg_port" -d postgres
}
pg_up_or_gone() { gone "$pg_process" || pg_ready; }

pg_database() {
	local there

	there=$(psql -X -A -t -d "${pg_dsn/dbname=deskd/dbname=postgres}" \
	    -c "select 1 from pg_database where datname = 'deskd'")
	[[ $there = 1 ]] ||
	    psql -X -q -d "${pg_dsn/dbname=deskd/dbname=postgres}" \
		-c 'create database deskd'
}

# The process id stands in a file that only the servers' account reads.
pg_pid() {
	local pid

	pid=$(head -n 1 "$servers/pg/postmaster.pid" 2>/dev/null) || return 1
	[[ $pid =~ ^[0-9]+$ ]] && alive "$pid" &&
	    [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") = *"$servers/pg"* ]] &&
	    printf '%s\n' "$pid"
}

pg_stop() {
	local pid

	pid=$(pg_pid) || return 0
	# A fast stop: open sessions are ended, everything is written.
	kill -CONT "$pid" 2>/dev/null || true
	kill -INT "$pid" 2>/dev/null || true
	if ! until_true 90 gone "$pid"; then
		warn "PostgreSQL does not stop: killed"
		pg_kill
	fi
	wait "$pid" 2>/dev/null || true
}

# Every process of it at once, as when the power goes.
pg_kill() {
	local pid child

	pid=$(pg_pid) || return 0
	for child in $(children_of "$pid"); do
		kill -KILL "$child" 2>/dev/null || true
	done
	kill -KILL "$pid" 2>/dev/null || true
	until_true 60 gone "$pid" || die "PostgreSQL ($pid) survives SIGKILL"
	wait "$pid" 2>/dev/null || true
}

children_of() {
	cat "/proc/$1/task/$1/children" 2>/dev/null || true
}

# ---- Redis

redis_start() {
	local dir=$servers/redis log=$servers/redis.log try options

	if redis_pid >/dev/null; then
		say "Redis still runs from before: stopping it"
		redis_stop
	fi
	own_directory "$dir"
	options=(--bind 127.0.0.1 --dir "$dir" --daemonize no --save ''
		--pidfile '' --logfile '')
	if [[ ${1-} = appendonly ]]; then
		options+=(--appendonly yes --appendfsync everysec)
	elif [[ ${1-} = nosync ]]; then
		options+=(--appendonly yes --appendfsync no)
	fi
	for try in 1 2 3; do
		keep_port "$servers/redis.port"
		redis_port=$port
		redis_url=redis://127.0.0.1:$port
		as_daemon "$log" redis-server --port "$port" "${options[@]}"
		redis_process=$daemon_pid
		printf '%s\n' "$redis_process" >"$servers/redis.pid"
		if until_true 180 redis_up_or_gone && alive "$redis_process"; then
			return 0
		fi
		((try < 3)) || break
		rm -f "$servers/redis.port"
	done
	tail -n 20 "$log" >&2
	die "Redis does not start (see $log)"
}

redis_ready() {
	[[ $(redis-cli -h 127.0.0.1 -p "$redis_port" ping) = PONG ]]
}
redis_up_or_gone() { gone "$redis_process" || redis_ready; }

redis_pid() {
	local pid

	pid=$(cat "$servers/redis.pid" 2>/dev/null) || return 1
	[[ $pid =~ ^[0-9]+$ ]] && alive "$pid" &&
	    [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") = redis-server* ]] &&
	    printf '%s\n' "$pid"
}

redis_stop() {
	local pid

	pid=$(redis_pid) || return 0
	end_process "$pid"
}

redis_kill() {
	local pid

	pid=$(redis_pid) || return 0
	kill -KILL "$pid" 2>/dev/null || true
	until_true 60 gone "$pid" || die "Redis ($pid) survives SIGKILL"
	wait "$pid" 2>/dev/null || true
}

servers_stop() {
	redis_stop
	pg_stop
}
