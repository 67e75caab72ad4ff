# shellcheck shell=bash
# Running PostgreSQL's programs: they refuse root, so root runs them as postgres.

as=()
user=$(id -un)
if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || die "there is no user postgres: install postgresql"
    user=postgres
    # Root's home is closed to him, and libpq looks there.
    # shellcheck disable=SC2034 # used by whoever reads this file
    as=(setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/)
fi

# own FILE...: give files to the user that runs the servers.
own() { [ "$(id -u)" != 0 ] || chown -R "$user:" "$@"; }
