-- +goose Up

-- Serves programs from 12 on.

-- Texts that somebody wants to sign in eGov Mobile. The link in the QR code stands
-- nowhere: it follows from the id and a secret of the installation.
CREATE TABLE access_mobile (
    id             TEXT PRIMARY KEY, -- UUIDv7
    kind           TEXT NOT NULL,    -- 'application', 'consent', …: which verb the signature is for
    subject        TEXT NOT NULL,    -- id of what is signed
    session        TEXT NOT NULL,    -- the browser that asked; when it has ended nothing is signed
    actor          TEXT NOT NULL,    -- JSON of who asked: his key alone signs
    text           BYTEA NOT NULL,   -- the exact bytes
    back           TEXT NOT NULL,    -- path of the page that shows the text
    done           TEXT NOT NULL,    -- path to which the browser goes when it is signed
    made_at        BIGINT NOT NULL,
    ends_at        BIGINT NOT NULL,
    opened_at      BIGINT,           -- when a phone took it last
    token_hash     BYTEA,            -- SHA-256 of the token which that phone was given
    tries          INTEGER NOT NULL, -- signatures that were brought
    refused        TEXT NOT NULL,    -- why the last of them was not accepted, '' for none
    signature_hash BYTEA,            -- SHA-256 of the one that was; NULL before
    signed_at      BIGINT
);
CREATE INDEX access_mobile_session ON access_mobile (session, kind, subject);
CREATE INDEX access_mobile_ends ON access_mobile (ends_at);
