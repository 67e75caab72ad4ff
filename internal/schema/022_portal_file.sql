-- +goose Up

-- Serves programs from 12 on.

-- Papers that orders of egov.kz end with, on their way to the state's temporary store
-- of files. A row is made before the upload goes, so that one of which nobody heard the
-- end goes again under the same number, by which bus and store know it.
CREATE TABLE portal_file (
    word     TEXT PRIMARY KEY REFERENCES portal_word (id),
    upload   TEXT NOT NULL,   -- messageId
    state    TEXT NOT NULL,   -- 'waiting', 'kept', 'without': the word goes or went without a paper
    begun_at BIGINT NOT NULL, -- since when the store is asked to take it
    file     TEXT NOT NULL,   -- identifier in the store, '' while it has none
    until_at BIGINT,          -- how long the store keeps it
    code     TEXT NOT NULL    -- trouble of the last try, '' for none
);
CREATE INDEX portal_file_without ON portal_file (word) WHERE state = 'without';
