-- +goose Up

-- Serves programs from 12 on.

-- An exchange with its number on the bus, and how much of the reply is kept: '' byte for
-- byte, 'shown' with its secrets blanked (the hash is of what came), 'hashed' and
-- 'earlier' its hash alone. What went before a question, the leave of KDP, is a row of
-- its own.
ALTER TABLE reply ADD COLUMN message TEXT NOT NULL DEFAULT '';
ALTER TABLE reply ADD COLUMN form TEXT NOT NULL DEFAULT '';

-- Questions to which no answer came that could be used. Of one question the first time
-- and the last are kept, with which time it was: a register that is away for days fills
-- nothing.
CREATE TABLE silence (
    id           TEXT PRIMARY KEY, -- UUIDv7
    application  TEXT NOT NULL REFERENCES application (id),
    question     TEXT NOT NULL, -- the peer that was to answer
    subject      TEXT NOT NULL, -- the number or code asked about
    place        TEXT NOT NULL, -- 'first', 'last'
    nth          INTEGER NOT NULL,
    peer         TEXT NOT NULL, -- with which this exchange was: another one may go before the question
    cause        TEXT NOT NULL, -- why its reply was of no use, '' when it was
    message      TEXT NOT NULL,
    asked_at     BIGINT NOT NULL,
    answered_at  BIGINT,        -- NULL: nothing came
    form         TEXT NOT NULL, -- as in reply
    body         BYTEA,
    hash         BYTEA,         -- NULL: nothing came
    request      BYTEA,
    request_hash BYTEA
);
CREATE UNIQUE INDEX silence_question ON silence (application, question, subject, place, peer);
CREATE INDEX silence_application ON silence (application, id);
