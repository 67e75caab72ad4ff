-- +goose Up

-- What time and others do to an entry after it was made.
ALTER TABLE registration ADD COLUMN disputed_at BIGINT;                 -- since when its certificate is frozen
ALTER TABLE registration ADD COLUMN version INTEGER NOT NULL DEFAULT 1; -- one more with each correction
ALTER TABLE registration ADD COLUMN remind_on TEXT NOT NULL DEFAULT ''; -- day of the next reminder, '' for none
ALTER TABLE registration ADD COLUMN check_at BIGINT;                    -- when the register of persons is asked about the person again
UPDATE registration SET remind_on = from_date, check_at = fixed_at WHERE state IN ('current', 'ahead');
CREATE INDEX registration_remind ON registration (remind_on) WHERE state = 'current' AND remind_on <> '';
CREATE INDEX registration_residents ON registration (arc, id) WHERE state = 'current';
CREATE INDEX registration_check ON registration (check_at) WHERE state = 'current' AND check_at IS NOT NULL;

-- A request or proposal to end an entry. One runs at a time.
CREATE TABLE ending (
    id           TEXT PRIMARY KEY, -- a short code
    registration TEXT NOT NULL REFERENCES registration (id),
    kind         TEXT NOT NULL, -- 'person', 'owner', 'window', 'court', 'annulment'
    state        TEXT NOT NULL, -- see mekenjai.EndingState
    party        TEXT NOT NULL, -- who asked: IIN or BIN
    right_kind   TEXT NOT NULL, -- in what right, '' for the person and officers
    ground       TEXT NOT NULL,
    paper        TEXT NOT NULL, -- number and date of the court's act
    answer       TEXT NOT NULL DEFAULT '', -- reasons of the officer who did not confirm
    at           BIGINT NOT NULL,
    until_at     BIGINT,        -- end of the period to object; NULL for one that waits for no time
    confirm_at   BIGINT,        -- end of the time in which co-owners confirm; NULL when nobody else is asked
    due_at       BIGINT,        -- when the sweep looks at it (again)
    objected_at  BIGINT,
    closed_at    BIGINT,
    signed_text  TEXT NOT NULL REFERENCES signed_text (id)
);
CREATE UNIQUE INDEX ending_running ON ending (registration) WHERE state IN ('running', 'objected', 'proposed');
CREATE INDEX ending_registration ON ending (registration, at);
CREATE INDEX ending_due ON ending (due_at) WHERE state = 'running' AND due_at IS NOT NULL;

-- The co-owners whose confirmation a request needs.
CREATE TABLE ending_confirmation (
    ending      TEXT NOT NULL REFERENCES ending (id),
    party       TEXT NOT NULL,
    name        TEXT NOT NULL,
    right_kind  TEXT NOT NULL,
    share_num   INTEGER NOT NULL,
    share_den   INTEGER NOT NULL,
    answer      TEXT NOT NULL, -- 'asked', 'agreed', 'declined'
    reason      TEXT NOT NULL,
    answered_at BIGINT,
    signed_text TEXT,          -- NULL without a signature
    PRIMARY KEY (ending, party)
);
CREATE INDEX ending_confirmation_party ON ending_confirmation (party, ending);

-- "Not my tenant", "I never applied", an objection. An entry is disputed once at
-- a time, and beside that a request to end it may be objected to.
CREATE TABLE dispute (
    id           TEXT PRIMARY KEY, -- a short code
    registration TEXT NOT NULL REFERENCES registration (id),
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    party        TEXT NOT NULL, -- who raised it
    reason       TEXT NOT NULL, -- in his words
    ending       TEXT REFERENCES ending (id), -- the request that is objected to
    at           BIGINT NOT NULL,
    closed_at    BIGINT,
    finding      TEXT NOT NULL, -- the officer's reasons
    signed_text  TEXT           -- the officer's decision
);
CREATE UNIQUE INDEX dispute_open ON dispute (registration) WHERE state = 'open' AND kind <> 'objection';
CREATE UNIQUE INDEX dispute_objection ON dispute (ending) WHERE state = 'open' AND ending IS NOT NULL;
CREATE INDEX dispute_registration ON dispute (registration, at);

-- What stood in an entry before a correction.
CREATE TABLE registration_version (
    registration TEXT NOT NULL REFERENCES registration (id),
    version      INTEGER NOT NULL,
    name         TEXT NOT NULL, -- JSON of mekenjai.Name
    address_kk   TEXT NOT NULL,
    address_ru   TEXT NOT NULL,
    from_date    TEXT NOT NULL,
    to_date      TEXT NOT NULL,
    until_at     BIGINT NOT NULL, -- when it was corrected
    ground       TEXT NOT NULL,
    paper        TEXT NOT NULL,
    signed_text  TEXT NOT NULL REFERENCES signed_text (id),
    PRIMARY KEY (registration, version)
);

-- The codes of certificates that were printed before a correction: a check says
-- that the paper was replaced.
CREATE TABLE certificate_replaced (
    code         TEXT PRIMARY KEY,
    registration TEXT NOT NULL REFERENCES registration (id),
    language     TEXT NOT NULL,
    issued_at    BIGINT NOT NULL,
    replaced_at  BIGINT NOT NULL
);
CREATE INDEX certificate_replaced_registration ON certificate_replaced (registration);

-- Dwellings in which somebody is registered, with their owners as last read: a
-- new owner is told who is registered there.
CREATE TABLE dwelling_owners (
    arc      TEXT PRIMARY KEY,
    parties  TEXT NOT NULL, -- JSON list of IIN and BIN, '' before the first reading
    read_at  BIGINT,
    check_at BIGINT NOT NULL
);
CREATE INDEX dwelling_owners_check ON dwelling_owners (check_at);
