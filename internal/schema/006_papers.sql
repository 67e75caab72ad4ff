-- +goose Up

-- Scans of papers, without the data about their makers, encrypted: the key
-- follows from a secret outside the database and from the paper's id.
CREATE TABLE paper (
    id         TEXT PRIMARY KEY, -- UUIDv7
    place      TEXT NOT NULL,    -- intake, petition, application, case
    subject    TEXT NOT NULL,    -- id of the thing in that place
    kind       TEXT NOT NULL,    -- mekenjai.PaperKind
    about      TEXT NOT NULL,    -- IIN whose paper it is, '' for an organisation's
    type       TEXT NOT NULL,    -- media type
    pages      INTEGER NOT NULL,
    size       BIGINT NOT NULL,  -- bytes of the content
    hash       BYTEA NOT NULL,   -- SHA-256 of the content
    original   BYTEA NOT NULL,   -- SHA-256 of the file as it was sent
    checked    BOOLEAN NOT NULL, -- compared with the original
    added_by   TEXT NOT NULL,    -- IIN
    added_for  TEXT NOT NULL,    -- IIN or BIN under which he acted
    added_at   BIGINT NOT NULL,
    removed_at BIGINT,           -- taken back before it served: the content is gone
    secret     TEXT NOT NULL,    -- name of the secret of the vault
    content    BYTEA             -- AES-256-GCM; NULL when removed
);
CREATE INDEX paper_subject ON paper (place, subject, id);
