-- +goose Up

-- Where staff work: counters of the State Corporation, desks of the migration
-- police. territory is the beginning of the KATO codes that the office serves.
CREATE TABLE access_office (
    id        TEXT PRIMARY KEY, -- short and stable: "almaty-1"
    kind      TEXT NOT NULL,    -- 'counter', 'desk'
    bin       TEXT NOT NULL,    -- of the organisation
    territory TEXT NOT NULL,    -- '' the whole country
    name_kk   TEXT NOT NULL,
    name_ru   TEXT NOT NULL
);

-- Who is appointed to what. An appointment is never changed, only ended, so that
-- what somebody did can be told from what he was then.
CREATE TABLE access_staff (
    id           TEXT PRIMARY KEY, -- UUIDv7
    iin          TEXT NOT NULL,
    bin          TEXT NOT NULL, -- of the key with which he comes
    role         TEXT NOT NULL,
    office       TEXT NOT NULL REFERENCES access_office (id),
    appointed_at BIGINT NOT NULL,
    dismissed_at BIGINT
);
CREATE UNIQUE INDEX access_staff_now ON access_staff (iin, bin) WHERE dismissed_at IS NULL;
CREATE INDEX access_staff_office ON access_staff (office, id);

-- Who filed for somebody, and at which counter.
ALTER TABLE application ADD COLUMN filer TEXT NOT NULL DEFAULT '';      -- IIN, '' when the registrant filed himself
ALTER TABLE application ADD COLUMN filer_role TEXT NOT NULL DEFAULT '';
ALTER TABLE application ADD COLUMN office TEXT NOT NULL DEFAULT '';     -- '' on the portal
ALTER TABLE application ADD COLUMN operator TEXT NOT NULL DEFAULT '';   -- IIN of who typed it

-- Texts that people sign for what they do beside or after an application: an
-- officer's decision, a request to end an entry. One open text for an actor,
-- purpose and subject.
CREATE TABLE signed_text (
    id          TEXT PRIMARY KEY, -- UUIDv7
    purpose     TEXT NOT NULL,
    subject     TEXT NOT NULL, -- id of the thing
    person      TEXT NOT NULL, -- IIN of who signs
    bin         TEXT NOT NULL, -- the organisation for which, '' for himself
    fields      TEXT NOT NULL, -- JSON of what the text says
    text        BYTEA NOT NULL,
    prepared_at BIGINT NOT NULL,
    signed_at   BIGINT,
    method      TEXT NOT NULL DEFAULT '', -- eds or sms
    signature   BYTEA,         -- CMS; NULL when signed by a code
    evidence    BYTEA,         -- the signature with timestamp, chain and revocation answers (CAdES-LT)
    waiting     BYTEA,         -- a signature whose revocation could not be asked: tried again
    waiting_by  TEXT NOT NULL DEFAULT '', -- JSON of the mekenjai.Actor who gave it
    waiting_at  BIGINT,
    try_at      BIGINT
);
CREATE UNIQUE INDEX signed_text_open ON signed_text (person, bin, purpose, subject) WHERE signed_at IS NULL;
CREATE INDEX signed_text_subject ON signed_text (subject, id);
CREATE INDEX signed_text_try ON signed_text (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX signed_text_prepared ON signed_text (prepared_at) WHERE signed_at IS NULL;

-- What waits for an officer: the one queue of the desk, whatever it is about.
CREATE TABLE desk_case (
    id        TEXT PRIMARY KEY, -- UUIDv7
    number    TEXT NOT NULL UNIQUE,
    kind      TEXT NOT NULL, -- 'application', 'dispute', 'complaint', 'annulment'
    subject   TEXT NOT NULL, -- id of the application, dispute, complaint, entry
    about     TEXT NOT NULL, -- IIN of the person whom it concerns
    kato      TEXT NOT NULL, -- of the dwelling
    state     TEXT NOT NULL, -- 'open', 'taken', 'waiting', 'confirming', 'closed'
    officer   TEXT NOT NULL, -- IIN of who has it, '' for nobody
    opened_at BIGINT NOT NULL,
    taken_at  BIGINT,
    due_at    BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE UNIQUE INDEX desk_case_subject ON desk_case (kind, subject) WHERE state <> 'closed';
CREATE INDEX desk_case_queue ON desk_case (state, kato, due_at, id);
CREATE INDEX desk_case_officer ON desk_case (officer, due_at, id) WHERE state <> 'closed' AND officer <> '';
CREATE INDEX desk_case_about ON desk_case (about, id);
