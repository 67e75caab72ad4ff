-- +goose Up

-- Serves programs from 12 on.
-- A program without it tells egov.kz nothing of what it does to an ordered application:
-- orders are taken when every node has it (docs/operations.md).

-- Orders of our service on egov.kz: each is a draft of its person, and the application
-- that the draft becomes.
CREATE TABLE portal_order (
    id          TEXT PRIMARY KEY,     -- UUIDv7
    message     TEXT NOT NULL UNIQUE, -- of the bus: the same order comes again
    thread      TEXT NOT NULL UNIQUE, -- correlationId
    number      TEXT NOT NULL,        -- at egov.kz
    person      TEXT NOT NULL,
    language    TEXT NOT NULL,
    hash        BYTEA NOT NULL,       -- SHA-256 of its document
    application TEXT,                 -- id of the draft, which the application keeps; NULL: none came of it
    state       TEXT NOT NULL,        -- 'open', 'ended'
    made_at     BIGINT NOT NULL,
    ended_at    BIGINT
);
CREATE UNIQUE INDEX portal_order_open ON portal_order (application) WHERE state = 'open';

-- Whether an application was ordered: the others need not ask at every step.
ALTER TABLE application ADD COLUMN ordered BOOLEAN NOT NULL DEFAULT FALSE;

-- What egov.kz is told of an order: left in the transaction of what it tells of, handed
-- over one after another.
CREATE TABLE portal_word (
    id           TEXT PRIMARY KEY, -- UUIDv7
    portal_order TEXT NOT NULL REFERENCES portal_order (id),
    seq          INTEGER NOT NULL, -- within the order, from 1
    status       TEXT NOT NULL,    -- state.OrderStatus
    last         BOOLEAN NOT NULL,
    state        TEXT NOT NULL,    -- 'waiting', 'sent', 'delivered', 'failed'
    attempts     INTEGER NOT NULL,
    made_at      BIGINT NOT NULL,
    try_at       BIGINT,           -- when it is handed over, or asked about; NULL: not now, or never again
    sent_at      BIGINT,
    message      TEXT NOT NULL,    -- of the bus, '' while it has none
    code         TEXT NOT NULL     -- trouble of the last try, '' for none
);
CREATE UNIQUE INDEX portal_word_seq ON portal_word (portal_order, seq);
CREATE INDEX portal_word_try ON portal_word (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX portal_word_message ON portal_word (message) WHERE message <> '';
CREATE INDEX portal_word_open ON portal_word (state, made_at, id) WHERE state IN ('waiting', 'failed');
