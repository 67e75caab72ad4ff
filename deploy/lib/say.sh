# shellcheck shell=bash
# How the scripts speak: one plain line a step, one plain sentence for a failure.

say() { printf 'mekenjai: %s\n' "$*"; }
die() { printf 'mekenjai: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# postgres_programs prints the folder of the newest installed server.
postgres_programs() {
    local found
    found=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -1)
    [ -x "$found" ] || die "PostgreSQL is not installed: run tools/install cluster"
    dirname "$found"
}

# await SECONDS WHAT COMMAND...: wait until the command succeeds.
await() {
    local seconds=$1 what=$2 end
    shift 2
    end=$((SECONDS + seconds))
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || die "$what within $seconds s did not happen"
        sleep 0.2
    done
}
