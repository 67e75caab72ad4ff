-- +goose Up

-- What was done, by whom, to what: written in the transaction of the deed and
-- never changed. hash is the SHA-256 of the entry's canonical form, the leaf of
-- the audit tree.
CREATE TABLE audit_entry (
    id      TEXT PRIMARY KEY, -- UUIDv7: ordered by time
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL, -- IIN or BIN, 'system', or '' for a stranger
    person  TEXT NOT NULL, -- the IIN behind an organisation's actor
    session TEXT NOT NULL,
    verb    TEXT NOT NULL,
    subject TEXT NOT NULL, -- id of the thing: application, consent, entry, session
    about   TEXT NOT NULL, -- IIN of the person whose data it is, '' when nobody's
    outcome TEXT NOT NULL, -- 'done', or the reason why it was refused
    detail  TEXT NOT NULL, -- JSON
    hash    BYTEA NOT NULL
);
CREATE INDEX audit_entry_subject ON audit_entry (subject, id);
CREATE INDEX audit_entry_about ON audit_entry (about, id);
