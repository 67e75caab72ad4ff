-- +goose Up

-- When who has a case opened its personal data; since when its clock stands,
-- because a paper of the applicant is waited for.
ALTER TABLE desk_case ADD COLUMN revealed_at BIGINT;
ALTER TABLE desk_case ADD COLUMN stopped_at BIGINT;
-- The queue of all cases that are not closed, overdue first.
CREATE INDEX desk_case_due ON desk_case (due_at, id) WHERE state <> 'closed';
CREATE INDEX desk_case_closed ON desk_case (closed_at) WHERE state = 'closed';

-- What the desk searches by.
CREATE INDEX desk_case_of ON desk_case (subject, id);
CREATE INDEX application_arc ON application (arc, id);

-- The path of a case: who took it, gave it back and why.
CREATE TABLE desk_step (
    id        TEXT PRIMARY KEY, -- UUIDv7
    desk_case TEXT NOT NULL REFERENCES desk_case (id),
    deed      TEXT NOT NULL,
    officer   TEXT NOT NULL, -- IIN, '' for the clock
    note      TEXT NOT NULL, -- in the officer's words; personal data may stand in it
    at        BIGINT NOT NULL
);
CREATE INDEX desk_step_case ON desk_step (desk_case, id);

-- What an officer overruled by a signed decision: JSON of []rules.Waiver.
ALTER TABLE application ADD COLUMN waivers TEXT NOT NULL DEFAULT '';

-- Decisions of officers. The signed words are those of the signed text.
CREATE TABLE decision (
    id          TEXT PRIMARY KEY, -- UUIDv7
    desk_case   TEXT NOT NULL REFERENCES desk_case (id),
    application TEXT NOT NULL REFERENCES application (id),
    ruling      TEXT NOT NULL,
    ground      TEXT NOT NULL, -- code, '' unless refused
    reason      TEXT NOT NULL,
    officer     TEXT NOT NULL,
    office      TEXT NOT NULL,
    text        TEXT NOT NULL REFERENCES signed_text (id),
    at          BIGINT NOT NULL
);
CREATE INDEX decision_application ON decision (application, id);

-- Who of the staff looked at whose data, and why: for the person to see, without
-- the name of who looked.
CREATE TABLE desk_look (
    id      TEXT PRIMARY KEY, -- UUIDv7
    person  TEXT NOT NULL,    -- whose data
    officer TEXT NOT NULL,    -- IIN; not for the person
    role    TEXT NOT NULL,
    office  TEXT NOT NULL,
    what    TEXT NOT NULL,    -- 'case', 'search', 'counter'
    reason  TEXT NOT NULL,    -- code
    note    TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX desk_look_person ON desk_look (person, id);
CREATE INDEX desk_look_officer ON desk_look (officer, at);

-- Papers that an officer asked of the applicant.
CREATE TABLE paper_request (
    id          TEXT PRIMARY KEY, -- UUIDv7
    desk_case   TEXT NOT NULL REFERENCES desk_case (id),
    application TEXT NOT NULL REFERENCES application (id),
    kind        TEXT NOT NULL, -- of the paper
    note        TEXT NOT NULL, -- to the applicant
    asked_at    BIGINT NOT NULL,
    deadline    BIGINT NOT NULL,
    state       TEXT NOT NULL, -- 'asked', 'brought', 'missed', 'dropped'
    answered_at BIGINT
);
CREATE INDEX paper_request_case ON paper_request (desk_case, id);
CREATE INDEX paper_request_application ON paper_request (application, id);
CREATE UNIQUE INDEX paper_request_open ON paper_request (desk_case) WHERE state = 'asked';
CREATE INDEX paper_request_deadline ON paper_request (deadline) WHERE state = 'asked';

-- Persons whose data is sealed: to everybody but themselves they do not exist.
CREATE TABLE protection (
    id           TEXT PRIMARY KEY, -- UUIDv7
    number       TEXT NOT NULL UNIQUE,
    person       TEXT NOT NULL,
    state        TEXT NOT NULL,
    ground       TEXT NOT NULL,
    paper        TEXT NOT NULL,    -- number and date of the order behind it
    months       INTEGER NOT NULL,
    territory    TEXT NOT NULL,    -- of the office that proposed it
    proposed_by  TEXT NOT NULL,
    proposed_at  BIGINT NOT NULL,
    confirmed_by TEXT NOT NULL DEFAULT '',
    confirmed_at BIGINT,
    until_at     BIGINT NOT NULL DEFAULT 0,
    opening_by   TEXT NOT NULL DEFAULT '', -- who proposed to open it
    opening_why  TEXT NOT NULL DEFAULT '',
    ended_at     BIGINT
);
CREATE UNIQUE INDEX protection_now ON protection (person) WHERE state IN ('sealed', 'opening');
CREATE INDEX protection_list ON protection (id) WHERE state IN ('proposed', 'sealed', 'opening');
CREATE INDEX protection_until ON protection (until_at) WHERE state IN ('sealed', 'opening');

-- A chief may pass a seal for an hour, with a reason that the person can read.
CREATE TABLE protection_pass (
    id         TEXT PRIMARY KEY,
    protection TEXT NOT NULL REFERENCES protection (id),
    officer    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    until_at   BIGINT NOT NULL
);
CREATE INDEX protection_pass_now ON protection_pass (protection, officer, until_at);
