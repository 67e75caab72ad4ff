# shellcheck shell=bash disable=SC2034,SC2154
# A server on a data folder that nobody else can reach, which archives nothing: its
# own settings alone, for those of the machine from which the data is do not hold
# here. $programs, $as and own come from lib/servers.sh.

# private_settings DATA FOLDER: the settings, into FOLDER with the socket. As many of
# everything as the primary had, or PostgreSQL refuses to recover.
private_settings() {
    local data=$1 folder=$2 control
    control=$(LC_ALL=C "${as[@]}" "$programs/pg_controldata" "$data")
    setting() { sed -n "s/^$1 setting: *//p" <<<"$control"; }
    cat >"$folder/conf" <<CONF
data_directory = '$data'
hba_file = '$folder/hba'
ident_file = '$folder/ident'
listen_addresses = ''
unix_socket_directories = '$folder'
port = 5432
archive_mode = off
hot_standby = on
max_connections = $(setting max_connections)
max_worker_processes = $(setting max_worker_processes)
max_wal_senders = $(setting max_wal_senders)
max_prepared_transactions = $(setting max_prepared_xacts)
max_locks_per_transaction = $(setting max_locks_per_xact)
log_min_error_statement = panic
log_error_verbosity = terse
CONF
    echo "local all all trust" >"$folder/hba"
    : >"$folder/ident"
}

# private_server FOLDER: run it. Its number is in $server, its words in FOLDER/log.
private_server() {
    "${as[@]}" env LC_ALL=C "$programs/postgres" -c "config_file=$1/conf" >"$1/log" 2>&1 9>&- &
    server=$!
}

# private_ask FOLDER QUERY: ask it.
private_ask() { "${as[@]}" "$programs/psql" -X -A -t -q -h "$1" -U postgres -d postgres -c "$2" 2>/dev/null; }
