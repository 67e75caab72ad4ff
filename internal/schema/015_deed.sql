-- +goose Up

-- Serves programs from 12 on.
-- A program without it makes entries without the state's register: that register is
-- connected when every node has it (docs/operations.md).

-- Deeds on their way to the state's register of registrations, where it is a system
-- of its own: left in the transaction of what they tell of, sent until confirmed.
CREATE TABLE keeper_deed (
    id           TEXT PRIMARY KEY, -- UUIDv7: the messageId of every try
    kind         TEXT NOT NULL,    -- 'enter', 'end', 'annul', 'correct'
    application  TEXT REFERENCES application (id),  -- that waits for it in 'entering'; NULL for every other deed
    registration TEXT REFERENCES registration (id), -- NULL until the entry of an application is made
    number       TEXT NOT NULL,    -- of the entry
    person       TEXT NOT NULL,
    kato         TEXT NOT NULL,
    body         TEXT NOT NULL,    -- JSON of state.Deed, the same at every try
    state        TEXT NOT NULL,    -- 'waiting', 'confirmed', 'rejected', 'settled' by an officer
    attempts     INTEGER NOT NULL,
    made_at      BIGINT NOT NULL,
    try_at       BIGINT,           -- when it is sent (again) at the latest; NULL when it is not
    answered_at  BIGINT,
    confirmed_at BIGINT,           -- when it took effect, by the state's register
    hash         BYTEA,            -- SHA-256 of the answer
    code         TEXT NOT NULL,    -- of a refusal, or the trouble of the last try
    said         TEXT NOT NULL,    -- words of a refusal
    former       TEXT NOT NULL     -- id of the refused deed that an officer sent again, '' for none
);
CREATE INDEX keeper_deed_try ON keeper_deed (try_at) WHERE state = 'waiting';
CREATE INDEX keeper_deed_open ON keeper_deed (state, made_at, id) WHERE state IN ('waiting', 'rejected');
CREATE INDEX keeper_deed_number ON keeper_deed (number, made_at, id);
CREATE INDEX keeper_deed_application ON keeper_deed (application, id) WHERE application IS NOT NULL;

-- Comparisons of the two registers, a page at a time.
CREATE TABLE reconciliation (
    id          TEXT PRIMARY KEY, -- UUIDv7
    state       TEXT NOT NULL,    -- 'running', 'done', 'stopped' because too much differs
    begun_at    BIGINT NOT NULL,
    asked_by    TEXT NOT NULL,    -- IIN, '' for the daily one
    theirs      TEXT NOT NULL,    -- number up to which theirs was compared
    ours        TEXT NOT NULL,    -- the same of ours; apart, because theirs may have numbers of another form
    at_most     INTEGER NOT NULL, -- things that may be sent again or differ before it stops
    compared    INTEGER NOT NULL, -- entries that stand here
    sent        INTEGER NOT NULL, -- deeds that were sent again
    differences INTEGER NOT NULL,
    attempts    INTEGER NOT NULL, -- in a row without an answer
    try_at      BIGINT,           -- when it goes on at the latest; NULL when it is over
    ended_at    BIGINT
);
CREATE INDEX reconciliation_try ON reconciliation (try_at) WHERE state = 'running';
CREATE UNIQUE INDEX reconciliation_one ON reconciliation (state) WHERE state = 'running';

-- What the two registers keep differently and nobody may settle but an officer.
CREATE TABLE difference (
    id           TEXT PRIMARY KEY, -- UUIDv7
    kind         TEXT NOT NULL,    -- 'unknown', 'other', 'ended', 'missing', 'stands'
    number       TEXT NOT NULL,    -- of the entry
    registration TEXT REFERENCES registration (id), -- NULL: not known here
    person       TEXT NOT NULL,
    kato         TEXT NOT NULL,
    ours         TEXT NOT NULL,    -- JSON of state.Kept, '' for none
    theirs       TEXT NOT NULL,
    state        TEXT NOT NULL,    -- 'open', 'closed' by an officer, 'gone' by itself
    found_at     BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,  -- when it was last found
    closed_at    BIGINT
);
CREATE UNIQUE INDEX difference_open ON difference (number) WHERE state = 'open';
CREATE INDEX difference_number ON difference (number, id);

-- Whoever waits for the state's register is under way too.
DROP INDEX application_under_way;
CREATE UNIQUE INDEX application_under_way ON application (person)
    WHERE state IN ('checking', 'awaiting_consent', 'deciding', 'entering', 'referred');
