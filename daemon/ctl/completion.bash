# shellcheck shell=bash
# Completion of deskctl's words for bash.  What there is stands in
# _deskctl_rows, which `deskctl --completion' prints from its tables, a line a
# command: its words, its options (--state=new|open: with what they take), and
# of each plain argument a - or what it may be; tabs between.

# What the previous word, an option of the row, takes; or nothing.
_deskctl_values() {
	local option

	for option in $1; do
		if [[ ${option%%=*} = "$2" && $option = *=* ]]; then
			printf '%s\n' "${option#*=}"
			return
		fi
	done
}

_deskctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local name options plain i n=0 best=-1 all='' typed=() parts=() found=()

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		if ((${#typed[@]} == 0)); then
			case ${COMP_WORDS[i]} in
			-f | -S | -H | -k | --ca)
				((i++))
				# (A colon is a word of its own to bash.)
				while [[ ${COMP_WORDS[i + 1]-} = : ]]; do
					((i += 2))
				done
				continue
				;;
			-*) continue ;;
			esac
		fi
		typed+=("${COMP_WORDS[i]}")
	done
	if ((${#typed[@]} == 0)); then
		case $prev in
		-f | -S | -H | -k | --ca | :) return ;; # a file's name
		esac
		[[ $cur != -* ]] || all='-f -S -H -k -j -V --tls --ca --yes'
	fi
	while IFS=$'\t' read -r name options plain; do
		[[ -n $name ]] || continue
		read -ra parts <<<"$name"
		for ((i = 0; i < ${#parts[@]} && i < ${#typed[@]}; i++)); do
			[[ ${typed[i]} = "${parts[i]}" ]] || continue 2
		done
		if ((${#typed[@]} < ${#parts[@]})); then
			all+=" ${parts[${#typed[@]}]}"
		elif ((${#parts[@]} > best)); then
			best=${#parts[@]}
			found=("$options" "$plain")
		fi
	done <<<"$_deskctl_rows"
	if ((best >= 0)); then
		n=$(_deskctl_values "${found[0]}" "$prev")
		read -ra parts <<<"${found[1]}"
		i=$((${#typed[@]} - best))
		if [[ -n $n ]]; then
			all=${n//|/ }
		elif [[ $cur = -* ]]; then
			all=
			for n in ${found[0]}; do
				all+=" ${n%%=*}"
			done
		elif [[ ${parts[i]--} != - ]]; then
			all+=" ${parts[i]//|/ }"
		fi
	fi
	while IFS= read -r name; do
		COMPREPLY+=("$name")
	done < <(compgen -W "$all" -- "$cur" | sort -u)
}

complete -o default -F _deskctl deskctl
