-- +goose Up

-- What an operator of the State Corporation fills in for one person at his
-- counter. It becomes the application of the same id, which is what makes
-- accepting it twice one.
CREATE TABLE intake (
    id          TEXT PRIMARY KEY, -- UUIDv7
    number      TEXT NOT NULL UNIQUE,
    form_key    TEXT NOT NULL,    -- of the form that opened it: a second click opens no second one
    office      TEXT NOT NULL REFERENCES access_office (id),
    operator    TEXT NOT NULL,    -- in whose hands it is
    person      TEXT NOT NULL,
    name        TEXT NOT NULL,    -- JSON of mekenjai.Name, of the registrant
    filer_name  TEXT NOT NULL,    -- JSON of mekenjai.Name
    data        TEXT NOT NULL,    -- JSON of mekenjai.Intake
    kato        TEXT NOT NULL,    -- of the dwelling, '' while there is none
    home_kato   TEXT NOT NULL,    -- of the permanent registration, '' when unknown
    state       TEXT NOT NULL,    -- 'open', 'accepted', 'turned_away', 'dropped'
    statement   BYTEA,            -- frozen text to sign; NULL until prepared and after every change
    fields      TEXT NOT NULL,    -- JSON of the mekenjai.CounterStatement behind it
    signer      TEXT NOT NULL,    -- who signed it as the applicant, '' nobody yet
    method      TEXT NOT NULL,
    paper       TEXT NOT NULL,    -- id of the scan of what was signed by hand
    signature   BYTEA,            -- CMS
    signed_at   BIGINT,
    gathered    TEXT NOT NULL,    -- JSON of what the registers answered, '' to ask them
    gathered_at BIGINT,
    opened_at   BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    closed_at   BIGINT
);
CREATE UNIQUE INDEX intake_form ON intake (operator, form_key);
CREATE INDEX intake_queue ON intake (office, state, opened_at);
CREATE INDEX intake_closed ON intake (office, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX intake_left ON intake (updated_at) WHERE state = 'open';

-- Whom the operator compared with an identity document.
CREATE TABLE intake_presence (
    intake   TEXT NOT NULL, -- id of an intake or petition
    iin      TEXT NOT NULL,
    name     TEXT NOT NULL, -- JSON of mekenjai.Name, of the register of persons
    document TEXT NOT NULL,
    tail     TEXT NOT NULL, -- last characters of its number
    by_card  BOOLEAN NOT NULL,
    operator TEXT NOT NULL, -- who compared
    at       BIGINT NOT NULL,
    PRIMARY KEY (intake, iin)
);

-- Consents of right-holders that were given at the counter, until they become
-- consents of the application.
CREATE TABLE intake_consent (
    id         TEXT PRIMARY KEY, -- the short code of a consent
    intake     TEXT NOT NULL REFERENCES intake (id),
    party      TEXT NOT NULL,
    name       TEXT NOT NULL,
    right_kind TEXT NOT NULL,
    share_num  INTEGER NOT NULL,
    share_den  INTEGER NOT NULL,
    capacity   TEXT NOT NULL,
    signer     TEXT NOT NULL,
    method     TEXT NOT NULL,
    paper      TEXT NOT NULL,
    signature  BYTEA,
    operator   TEXT NOT NULL,
    at         BIGINT NOT NULL,
    UNIQUE (intake, party, capacity)
);

-- The filer, who was at the counter and how was signed: the part of the rules'
-- facts that an operator saw, frozen at the acceptance. '' on the portal.
ALTER TABLE application ADD COLUMN counter TEXT NOT NULL DEFAULT '';

-- A right-holder may have to speak in two capacities: a minor of 14 to 17 and his
-- representative both agree. The table is built anew because one engine cannot
-- drop the constraint of the other number of columns.
CREATE TABLE consent_by_capacity (
    id          TEXT PRIMARY KEY, -- a short code: it stands in a text message
    application TEXT NOT NULL REFERENCES application (id),
    round       INTEGER NOT NULL,
    party       TEXT NOT NULL,
    capacity    TEXT NOT NULL DEFAULT 'self',
    name        TEXT NOT NULL,
    right_kind  TEXT NOT NULL,
    share_num   INTEGER NOT NULL,
    share_den   INTEGER NOT NULL,
    answer      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    asked_at    BIGINT NOT NULL,
    deadline    BIGINT NOT NULL,
    answered_at BIGINT,
    signer      TEXT NOT NULL, -- IIN of who signed, '' without a signature
    method      TEXT NOT NULL DEFAULT '', -- 'eds', 'sms', 'written'; '' before an answer
    paper       TEXT NOT NULL DEFAULT '', -- id of the scan of a consent written by hand
    recorded_by TEXT NOT NULL DEFAULT '', -- IIN of the operator before whom it was given
    signature   BYTEA,
    evidence    BYTEA,         -- the signature with timestamp, chain and revocation answers (CAdES-LT)
    waiting     BYTEA,         -- a signature whose revocation could not be asked: tried again
    waiting_by  TEXT NOT NULL DEFAULT '', -- JSON of the mekenjai.Actor who gave it
    waiting_at  BIGINT,        -- when it was given: that is when the right-holder answered
    try_at      BIGINT,
    UNIQUE (application, round, party, capacity)
);
INSERT INTO consent_by_capacity (id, application, round, party, name, right_kind, share_num, share_den, answer, reason,
    asked_at, deadline, answered_at, signer, method, signature, evidence, waiting, waiting_by, waiting_at, try_at)
    SELECT id, application, round, party, name, right_kind, share_num, share_den, answer, reason,
        asked_at, deadline, answered_at, signer, CASE WHEN signature IS NULL THEN '' ELSE 'eds' END,
        signature, evidence, waiting, waiting_by, waiting_at, try_at FROM consent;
DROP TABLE consent;
ALTER TABLE consent_by_capacity RENAME TO consent;
CREATE INDEX consent_party ON consent (party, asked_at);
CREATE INDEX consent_try ON consent (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX consent_deadline ON consent (deadline) WHERE answer = 'asked';

-- The request of an organisation for the people who stay in its building.
CREATE TABLE petition (
    id         TEXT PRIMARY KEY,
    number     TEXT NOT NULL UNIQUE,
    form_key   TEXT NOT NULL,
    office     TEXT NOT NULL REFERENCES access_office (id),
    operator   TEXT NOT NULL,
    bin        TEXT NOT NULL,
    name_kk    TEXT NOT NULL,
    name_ru    TEXT NOT NULL,
    head       TEXT NOT NULL, -- who signs for it
    bearer     TEXT NOT NULL, -- who brought it
    language   TEXT NOT NULL,
    arc        TEXT NOT NULL,
    kind       TEXT NOT NULL,
    kato       TEXT NOT NULL,
    address_kk TEXT NOT NULL,
    address_ru TEXT NOT NULL,
    state      TEXT NOT NULL, -- 'loading', 'open', 'lodged', 'done', 'dropped'
    list       BYTEA NOT NULL, -- SHA-256 of the list, see mekenjai.HashStays
    text       BYTEA,         -- frozen when the whole list is in
    method     TEXT NOT NULL, -- how the organisation signed, '' not yet
    paper      TEXT NOT NULL,
    signature  BYTEA,
    evidence   BYTEA,         -- the signature with timestamp, chain and revocation answers (CAdES-LT)
    signed_at  BIGINT,
    rows_count INTEGER NOT NULL,
    opened_at  BIGINT NOT NULL,
    lodged_at  BIGINT,
    done_at    BIGINT
);
CREATE UNIQUE INDEX petition_form ON petition (operator, form_key);
CREATE INDEX petition_office ON petition (office, opened_at);
CREATE INDEX petition_lodged ON petition (lodged_at) WHERE state = 'lodged';
CREATE INDEX petition_left ON petition (opened_at) WHERE state IN ('loading', 'open');

CREATE TABLE petition_row (
    id          TEXT PRIMARY KEY, -- UUIDv7; becomes the application's
    petition    TEXT NOT NULL REFERENCES petition (id),
    line        INTEGER NOT NULL,
    data        TEXT NOT NULL, -- JSON of mekenjai.Stay, '' of a row that cannot be read
    iin         TEXT NOT NULL, -- as it was written
    name        TEXT NOT NULL,
    faults      TEXT NOT NULL, -- JSON of []mekenjai.RowFault, '' for none
    state       TEXT NOT NULL, -- 'wrong', 'ready', 'filed': became the application of the same id
    try_at      BIGINT NOT NULL, -- when it is filed (again): a register was silent
    UNIQUE (petition, line)
);
CREATE INDEX petition_row_state ON petition_row (petition, state, line);
