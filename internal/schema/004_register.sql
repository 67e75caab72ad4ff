-- +goose Up

-- What a person has filled in so far; one open draft a person. The draft becomes
-- the application of the same id, which is what makes submitting it twice one.
CREATE TABLE draft (
    id          TEXT PRIMARY KEY,
    person      TEXT NOT NULL UNIQUE,
    data        TEXT NOT NULL,   -- JSON of mekenjai.Draft
    statement   BYTEA,           -- frozen text to sign; NULL until prepared and after every change
    fields      TEXT NOT NULL,   -- JSON of the mekenjai.Statement behind it, '' while NULL
    updated_at  BIGINT NOT NULL,
    waiting     BYTEA,           -- a signature whose revocation could not be asked: tried again
    waiting_by  TEXT NOT NULL DEFAULT '', -- JSON of the mekenjai.Actor who gave it
    waiting_at  BIGINT,          -- when it was given
    try_at      BIGINT           -- when it is verified again
);
CREATE INDEX draft_try ON draft (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX draft_updated ON draft (updated_at);

CREATE TABLE application (
    id               TEXT PRIMARY KEY,
    number           TEXT NOT NULL UNIQUE,
    person           TEXT NOT NULL,
    name             TEXT NOT NULL,   -- JSON of mekenjai.Name
    language         TEXT NOT NULL,   -- in which the person applied: notices and papers stay in it
    channel          TEXT NOT NULL,
    state            TEXT NOT NULL,
    round            INTEGER NOT NULL, -- of asking for consent: a change of right-holders begins a new one
    arc              TEXT NOT NULL,
    kind             TEXT NOT NULL,
    kato             TEXT NOT NULL,
    address_kk       TEXT NOT NULL,
    address_ru       TEXT NOT NULL,
    months           INTEGER NOT NULL,
    purpose          TEXT NOT NULL,
    arrival          TEXT NOT NULL,
    is_owner         BOOLEAN NOT NULL,
    owner            TEXT NOT NULL,   -- declared; '' for an owner
    statement        BYTEA NOT NULL,  -- the frozen bytes that everybody signs
    method           TEXT NOT NULL,   -- eds or sms
    signature        BYTEA,           -- CMS; NULL when signed by a code
    submitted_at     BIGINT NOT NULL,
    clock_used       BIGINT NOT NULL, -- microseconds of the ten-minute promise
    clock_since      BIGINT,
    ask_at           BIGINT,          -- when the registers are to be asked (again); NULL when not
    attempts         INTEGER NOT NULL,
    facts            TEXT NOT NULL,   -- JSON of rules.Facts as last gathered, '' before
    findings         TEXT NOT NULL,   -- JSON of the findings of the last evaluation
    property_at      BIGINT,          -- when the property register answered in this round
    property_hash    BYTEA,           -- of that answer
    reason           TEXT NOT NULL,   -- code of the end: refusal, route, cancellation; '' otherwise
    decided_at       BIGINT,
    evidence         BYTEA            -- the signature with timestamp, chain and revocation answers (CAdES-LT)
);
CREATE INDEX application_person ON application (person, id);
CREATE INDEX application_ask ON application (ask_at) WHERE ask_at IS NOT NULL;
CREATE UNIQUE INDEX application_under_way ON application (person)
    WHERE state IN ('checking', 'awaiting_consent', 'deciding', 'referred');

-- The path of an application: every state with its instant.
CREATE TABLE application_step (
    id          TEXT PRIMARY KEY, -- UUIDv7
    application TEXT NOT NULL REFERENCES application (id),
    state       TEXT NOT NULL,
    at          BIGINT NOT NULL,
    reason      TEXT NOT NULL
);
CREATE INDEX application_step_application ON application_step (application, id);

-- What each register answered: evidence of the case, byte for byte.
CREATE TABLE reply (
    id          TEXT PRIMARY KEY,
    application TEXT NOT NULL REFERENCES application (id),
    peer        TEXT NOT NULL,
    subject     TEXT NOT NULL, -- the number or code asked about
    found       BOOLEAN NOT NULL,
    asked_at    BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    body        BYTEA NOT NULL,
    hash        BYTEA NOT NULL
);
CREATE INDEX reply_application ON reply (application, id);

CREATE TABLE consent (
    id          TEXT PRIMARY KEY, -- a short code: it stands in a text message
    application TEXT NOT NULL REFERENCES application (id),
    round       INTEGER NOT NULL,
    party       TEXT NOT NULL,
    name        TEXT NOT NULL,
    right_kind  TEXT NOT NULL,
    share_num   INTEGER NOT NULL,
    share_den   INTEGER NOT NULL,
    answer      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    asked_at    BIGINT NOT NULL,
    deadline    BIGINT NOT NULL,
    answered_at BIGINT,
    signer      TEXT NOT NULL, -- IIN of the key that signed, '' without a signature
    signature   BYTEA,
    evidence    BYTEA,         -- the signature with timestamp, chain and revocation answers (CAdES-LT)
    waiting     BYTEA,         -- a signature whose revocation could not be asked: tried again
    waiting_by  TEXT NOT NULL DEFAULT '', -- JSON of the mekenjai.Actor who gave it
    waiting_at  BIGINT,        -- when it was given: that is when the right-holder answered
    try_at      BIGINT,
    UNIQUE (application, round, party)
);
CREATE INDEX consent_party ON consent (party, asked_at);
CREATE INDEX consent_try ON consent (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX consent_deadline ON consent (deadline) WHERE answer = 'asked';

-- The register of temporary registrations itself.
CREATE TABLE registration (
    id          TEXT PRIMARY KEY,
    number      TEXT NOT NULL UNIQUE,
    application TEXT UNIQUE REFERENCES application (id), -- NULL: adopted from elsewhere
    person      TEXT NOT NULL,
    name        TEXT NOT NULL,
    arc         TEXT NOT NULL,
    kind        TEXT NOT NULL,
    kato        TEXT NOT NULL,
    address_kk  TEXT NOT NULL,
    address_ru  TEXT NOT NULL,
    from_date   TEXT NOT NULL,
    to_date     TEXT NOT NULL,
    fixed_at    BIGINT NOT NULL,
    state       TEXT NOT NULL,
    ended_at    BIGINT,
    end_reason  TEXT NOT NULL
);
CREATE UNIQUE INDEX registration_current ON registration (person) WHERE state = 'current';
CREATE UNIQUE INDEX registration_ahead ON registration (person) WHERE state = 'ahead';
CREATE INDEX registration_person ON registration (person, fixed_at);
CREATE INDEX registration_arc ON registration (arc, state, fixed_at);
CREATE INDEX registration_end ON registration (to_date) WHERE state = 'current';

-- What a party is told: in the personal account at once, by text message soon.
CREATE TABLE notice (
    id          TEXT PRIMARY KEY,
    party       TEXT NOT NULL,
    application TEXT REFERENCES application (id), -- NULL: about an adopted entry
    kind        TEXT NOT NULL,
    args        TEXT NOT NULL, -- JSON: names and codes for the sentence
    language    TEXT NOT NULL, -- '' when the party's is not known
    at          BIGINT NOT NULL,
    sms         BOOLEAN NOT NULL, -- also sent as a text message
    sent_at     BIGINT
);
CREATE INDEX notice_party ON notice (party, id);
CREATE INDEX notice_application ON notice (application, party, id);

-- Acts of refusal, frozen in both languages of the state, sealed soon after.
CREATE TABLE act (
    id          TEXT PRIMARY KEY,
    number      TEXT NOT NULL UNIQUE,
    application TEXT NOT NULL UNIQUE REFERENCES application (id),
    text        BYTEA NOT NULL,
    at          BIGINT NOT NULL,
    seal        BYTEA, -- CMS of the provider's key over the text
    sealed_at   BIGINT
);

-- Codes by which anybody can check a certificate; one a registration and language.
CREATE TABLE certificate (
    code         TEXT PRIMARY KEY,
    registration TEXT NOT NULL REFERENCES registration (id),
    language     TEXT NOT NULL,
    issued_at    BIGINT NOT NULL,
    UNIQUE (registration, language)
);
CREATE TABLE certificate_check (
    id           TEXT PRIMARY KEY,
    registration TEXT NOT NULL REFERENCES registration (id),
    at           BIGINT NOT NULL
);
CREATE INDEX certificate_check_registration ON certificate_check (registration, id);
