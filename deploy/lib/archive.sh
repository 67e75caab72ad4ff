# shellcheck shell=bash
# What is in a folder of backups.

# backups lists the base backups, oldest first.
backups() { find "$1/base" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*Z' -printf '%f\n' | sort; }

# first_segment prints the first piece of the log that a base backup needs.
first_segment() { sed -n 's/^START WAL LOCATION: .* (file \([0-9A-F]*\))$/\1/p' "$1/backup_label"; }

# gap_after prints the first piece of the log that is missing between a piece and
# the newest one of a timeline. Timelines follow each other without a gap.
gap_after() {
    local folder=$1 first=$2 line number before_line="" before=0 name
    while IFS= read -r name; do
        [[ $name < $first ]] && continue
        line=${name:0:8}
        # Segments of 16 MB: 256 to a number of the log.
        number=$((16#${name:8:8} * 256 + 16#${name:16:8}))
        if [ "$line" = "$before_line" ] && [ "$number" -ne $((before + 1)) ]; then
            printf '%s%08X%08X\n' "$line" $(((before + 1) / 256)) $(((before + 1) % 256))
            return
        fi
        before_line=$line before=$number
    done < <(find "$folder" -maxdepth 1 -regextype posix-extended -regex '.*/[0-9A-F]{24}' -printf '%f\n' | sort)
}
