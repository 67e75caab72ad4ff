-- +goose Up

-- Acts again, because a refusal that a complaint undid is followed by another
-- decision: one standing act for an application, and those that were voided.
CREATE TABLE act_now (
    id          TEXT PRIMARY KEY,
    number      TEXT NOT NULL UNIQUE,
    application TEXT NOT NULL REFERENCES application (id),
    text        BYTEA NOT NULL,
    at          BIGINT NOT NULL,
    seal        BYTEA, -- CMS of the provider's key over the text
    sealed_at   BIGINT,
    voided_at   BIGINT -- when a complaint undid it
);
INSERT INTO act_now (id, number, application, text, at, seal, sealed_at)
    SELECT id, number, application, text, at, seal, sealed_at FROM act;
DROP TABLE act;
ALTER TABLE act_now RENAME TO act;
CREATE UNIQUE INDEX act_standing ON act (application) WHERE voided_at IS NULL;

-- Complaints against a refusal, and against an owner who does not register who
-- lives in his dwelling.
CREATE TABLE complaint (
    id           TEXT PRIMARY KEY, -- UUIDv7
    number       TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL, -- 'refusal', 'owner'
    state        TEXT NOT NULL,
    application  TEXT NOT NULL REFERENCES application (id),
    filed        TEXT NOT NULL, -- number of that application
    act          TEXT NOT NULL, -- number of the act, '' against an owner
    person       TEXT NOT NULL,
    name         TEXT NOT NULL, -- JSON of mekenjai.Name
    filed_by     TEXT NOT NULL, -- IIN of who signed
    language     TEXT NOT NULL,
    arc          TEXT NOT NULL,
    kato         TEXT NOT NULL,
    address_kk   TEXT NOT NULL,
    address_ru   TEXT NOT NULL,
    words        TEXT NOT NULL,
    late         BOOLEAN NOT NULL,
    restore      TEXT NOT NULL, -- why the term should be given back
    against      TEXT NOT NULL, -- IIN or BIN of the owner, '' against a refusal
    since        TEXT NOT NULL,
    pays         BOOLEAN NOT NULL,
    evidence     TEXT NOT NULL, -- JSON list
    text         TEXT NOT NULL UNIQUE REFERENCES signed_text (id),
    received_at  BIGINT NOT NULL,
    forward_by   BIGINT, -- NULL when the body decides itself
    answer_by    BIGINT NOT NULL,
    forwarded_at BIGINT,
    forwarded_by TEXT NOT NULL DEFAULT '', -- IIN, '' for the clock
    answered_at  BIGINT,
    answer       TEXT NOT NULL DEFAULT '',
    decision     TEXT REFERENCES signed_text (id)
);
CREATE UNIQUE INDEX complaint_act ON complaint (act) WHERE act <> '';
CREATE UNIQUE INDEX complaint_owner ON complaint (application) WHERE kind = 'owner' AND state = 'received';
CREATE INDEX complaint_application ON complaint (application, id);
CREATE INDEX complaint_forward ON complaint (forward_by) WHERE kind = 'refusal' AND state = 'received';
CREATE INDEX complaint_answer ON complaint (answer_by) WHERE kind = 'owner' AND state = 'received' OR state = 'forwarded';

-- Which phone the Mobile Citizens Database names for a person, as far as codes
-- and notices made us ask. The number itself is kept only while messages go to
-- the old one too; otherwise its keyed hash tells a change.
CREATE TABLE access_phone (
    iin        TEXT PRIMARY KEY,
    phone_hash BYTEA NOT NULL, -- HMAC-SHA-256 under the secret of the installation
    phone      TEXT NOT NULL,  -- sealed under the same secret
    seen_at    BIGINT NOT NULL,
    former     TEXT NOT NULL,  -- the number before, sealed, '' when the hold is over
    changed_at BIGINT,         -- when the change was seen
    hold_until BIGINT          -- until then the new phone signs nothing
);
CREATE INDEX access_phone_hold ON access_phone (hold_until) WHERE hold_until IS NOT NULL;

-- From where a person has signed in: browser, platform and network.
CREATE TABLE access_place (
    iin      TEXT NOT NULL,
    place    BYTEA NOT NULL, -- HMAC-SHA-256 of browser, platform and network
    first_at BIGINT NOT NULL,
    seen_at  BIGINT NOT NULL,
    PRIMARY KEY (iin, place)
);
CREATE INDEX access_place_seen ON access_place (seen_at);
