# shellcheck shell=bash disable=SC2034,SC2154
# What the cluster on loopback consists of, and its files: the values for the
# templates, which are those of production. deploy/cluster gives $folder, $program,
# $here and $user.

votes=(etcd-1 etcd-2 etcd-3)
bases=(db-1 db-2 db-3)
nodes=(web-1 web-2 work-1)

# prepare makes the folder with everything that stays the same over restarts.
prepare() {
    [ ${#folder} -le 70 ] || die "the path $folder is too long for sockets: at most 70 letters"
    umask 077
    mkdir -p "$folder"/{run,log,tls,secrets,config,deploy,nginx,bin,backup/wal}
    [ -e "$folder/ports" ] || choose_ports >"$folder/ports"
    # shellcheck disable=SC1091 # made here
    . "$folder/ports"
    local name
    for name in superuser replication rewind database backup codes; do
        [ -e "$folder/secrets/$name" ] || openssl rand -hex 32 >"$folder/secrets/$name"
    done
    for name in "${votes[@]}" "${bases[@]}" front; do
        "$here/certificates" "$folder/tls" "$name" 127.0.0.1 localhost >/dev/null
    done
    cp -r "$here/lib" "$here/archive" "$folder/deploy/"
    values
    own "$folder"
}

# bring_program takes the program into the folder, where its user can reach it.
bring_program() {
    # A running node keeps the file it was started from.
    cmp -s "$program" "$folder/bin/mekenjai" || { rm -f "$folder/bin/mekenjai"; cp "$program" "$folder/bin/mekenjai"; }
    [ -e "$folder/secrets/papers" ] || "$program" paper-secret country >"$folder/secrets/papers"
    own "$folder/bin" "$folder/secrets"
}

choose_ports() {
    local name taken=""
    for name in ETCD_1 ETCD_2 ETCD_3 PEER_1 PEER_2 PEER_3 POSTGRES_1 POSTGRES_2 POSTGRES_3 \
        PATRONI_1 PATRONI_2 PATRONI_3 PGBOUNCER_1 PGBOUNCER_2 PGBOUNCER_3 \
        WEB_1 WEB_2 WORK_1 HTTP HTTPS; do
        port=$(free_port)
        taken+=" $port"
        echo "$name=$port"
    done
}

# port_of db-2 POSTGRES prints the port that the machine has for that.
port_of() {
    local name="$2_${1##*-}"
    echo "${!name}"
}

# list SEPARATOR KIND NAMES...: the addresses of all machines of a kind.
list() {
    local separator=$1 kind=$2 text="" name
    shift 2
    for name in "$@"; do
        text+="${text:+$separator}127.0.0.1:$(port_of "$name" "$kind")"
    done
    echo "$text"
}

# hosts prints the machines with PostgreSQL by the ports of a kind, as a
# connection string has them.
hosts() { list , "$1" "${bases[@]}"; }

# values writes what all templates of the cluster share.
values() {
    local name cluster=""
    for name in "${votes[@]}"; do
        cluster+="${cluster:+,}$name=https://127.0.0.1:$(port_of "$name" PEER)"
    done
    "$here/sizes" 512 2 20 100 >"$folder/config/sizes"
    cat >"$folder/config/values" <<VALUES
ADDRESS=127.0.0.1
NETWORK=127.0.0.0/8
PROXIES=127.0.0.1/32
TLS=$folder/tls
SECRETS=$folder/secrets
DEPLOY=$folder/deploy
ARCHIVE=$folder/backup/wal
SOCKETS=$folder/run
ETCD_CLUSTER=$cluster
ETCD_HOSTS=$(list , ETCD "${votes[@]}")
TTL=${MEKENJAI_CLUSTER_TTL:-20}
LOOP_WAIT=${MEKENJAI_CLUSTER_LOOP_WAIT:-5}
RETRY_TIMEOUT=${MEKENJAI_CLUSTER_RETRY_TIMEOUT:-7}
WATCHDOG=off
POSTGRES_PROGRAMS=$(postgres_programs)
PGBOUNCER_POOL=20
SUPERUSER_PASSWORD_FILE=$folder/secrets/superuser
REPLICATION_PASSWORD_FILE=$folder/secrets/replication
REWIND_PASSWORD_FILE=$folder/secrets/rewind
DATABASE_PASSWORD_FILE=$folder/secrets/database
BACKUP_PASSWORD_FILE=$folder/secrets/backup
ENVIRONMENT=demo
PUBLIC_URL=https://localhost:$HTTPS
PUBLIC_NAME=localhost
PUBLIC_CERTIFICATE=$folder/tls/front.crt
PUBLIC_KEY=$folder/tls/front.key
HOST_PORT=:$HTTPS
LISTEN_ADDRESS=127.0.0.1
HTTP_PORT=$HTTP
HTTPS_PORT=$HTTPS
NGINX_PID=$folder/run/nginx.master
NGINX_FOLDER=$folder/nginx
NGINX_LOGS=$folder/log
NODES=$(for name in web-1 web-2; do printf '        server 127.0.0.1:%s max_fails=10 fail_timeout=5s;\n' "$(port_of "$name" WEB)"; done | tr '\n' ' ')
DATABASE_HOSTS=$(hosts POSTGRES)
DATABASE_OPTIONS=
VALUES
}

# machine NAME VALUE...: the values of one machine beside those of all.
machine() {
    local name=$1
    shift
    printf '%s\n' "NAME=$name" "CERTIFICATE=$name" "$@" >"$folder/config/$name.values"
}

# fill TEMPLATE NAME FILE: render a template for a machine.
fill() {
    "$here/render" "$here/templates/$1" "$folder/config/values" "$folder/config/sizes" "$folder/config/$2.values" >"$folder/config/$3"
    own "$folder/config/$3"
}
