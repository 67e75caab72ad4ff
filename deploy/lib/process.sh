# shellcheck shell=bash disable=SC2154
# Processes of a cluster by their number. A number alone may belong to somebody
# else by now, so the instant of its start is kept beside it: run/NAME.pid has
# both. $folder is the cluster's folder, $as the words that change the user.

# started prints when a process started, in ticks since the boot, or nothing.
started() {
    local stat fields
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
    # The name in parentheses may hold spaces; after it come the state and the rest.
    read -ra fields <<<"${stat##*) }"
    [ "${fields[0]}" = Z ] || echo "${fields[19]}"
}

# pid_of prints the number of a running process of the cluster; fails without.
pid_of() {
    local pid since
    { read -r pid since <"$folder/run/$1.pid"; } 2>/dev/null || return 1
    [ -n "$since" ] && [ "$(started "$pid")" = "$since" ] || return 1
    echo "$pid"
}

# start NAME COMMAND...: run it in the background, in a session of its own.
start() {
    local name=$1 pid since
    shift
    setsid "${as[@]}" "$@" </dev/null >>"$folder/log/$name.log" 2>&1 &
    pid=$!
    since=$(started "$pid")
    printf '%s %s\n' "$pid" "$since" >"$folder/run/$name.pid"
}

# last_words NAME: why it may have ended.
last_words() { tail -n 3 "$folder/log/$1.log" 2>/dev/null | cut -c 1-300; }

# stop NAME SIGNAL SECONDS: ask it to end, and end it when it does not.
stop() {
    local name=$1 signal=$2 end=$((SECONDS + $3)) pid
    if ! pid=$(pid_of "$name"); then
        rm -f "$folder/run/$name.pid"
        return 0
    fi
    kill -s "$signal" "$pid" 2>/dev/null || true
    while pid_of "$name" >/dev/null; do
        if [ "$SECONDS" -ge "$end" ]; then
            say "$name did not end in $3 s: killing it"
            kill -s KILL "$pid" 2>/dev/null || true
            end=$((SECONDS + 5))
        fi
        sleep 0.05
    done
    rm -f "$folder/run/$name.pid"
}

# postmaster_of prints the number of the PostgreSQL server in a data folder. The
# file may be left from before: the server's working folder tells whether it is ours.
postmaster_of() {
    local pid
    { read -r pid <"$1/postmaster.pid"; } 2>/dev/null || return 1
    [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$1" ] || return 1
    echo "$pid"
}

# free_port prints a port on which nobody listens, from below those that the
# system gives out by itself. What was printed before is in $taken.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 10000))
        [[ " $taken " != *" $port "* ]] || continue
        # A connection that is refused: nobody is there.
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}
