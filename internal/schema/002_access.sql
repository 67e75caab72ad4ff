-- +goose Up

-- Who is signed in. The token itself is in the browser's cookie only.
CREATE TABLE access_session (
    id         TEXT PRIMARY KEY, -- UUIDv7, named in audit entries
    token_hash BYTEA NOT NULL UNIQUE, -- SHA-256 of the token
    iin        TEXT NOT NULL,
    bin        TEXT NOT NULL, -- the organisation acted for, '' for oneself
    may_sign   BOOLEAN NOT NULL, -- for the organisation
    surname    TEXT NOT NULL, -- of the certificate; '' after a sign-in by SMS
    given      TEXT NOT NULL,
    patronymic TEXT NOT NULL,
    method     TEXT NOT NULL, -- 'eds', 'sms'
    fresh_for  TEXT NOT NULL, -- the one thing the sign-in was made for, or ''
    browser    TEXT NOT NULL, -- family, for the person's own list
    platform   TEXT NOT NULL,
    network    TEXT NOT NULL, -- the address without its last part
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL, -- written at most once a minute
    expires_at BIGINT NOT NULL, -- the absolute limit
    ends_at    BIGINT NOT NULL  -- the nearer of the two limits, as of seen_at
);
CREATE INDEX access_session_iin ON access_session (iin, id);
CREATE INDEX access_session_ends ON access_session (ends_at);

-- Texts given out to be signed with a key, once.
CREATE TABLE access_challenge (
    id         TEXT PRIMARY KEY,
    visit_hash BYTEA NOT NULL, -- SHA-256 of the browser's token before sign-in
    text_hash  BYTEA NOT NULL, -- SHA-256 of the text
    fresh_for  TEXT NOT NULL,
    ends_at    BIGINT NOT NULL
);
CREATE INDEX access_challenge_ends ON access_challenge (ends_at);

-- Codes sent by SMS. A row is made for every IIN that is asked for, also for one
-- that does not exist: then its code stays NULL and no try can hit it.
CREATE TABLE access_code (
    id        TEXT PRIMARY KEY,
    kind      TEXT NOT NULL, -- 'sign-in', 'signing'
    iin       TEXT NOT NULL,
    holder    BYTEA NOT NULL, -- SHA-256 of the browser's token, or of the session's id
    subject   TEXT NOT NULL, -- what the sign-in is for, or the id of what is signed
    text_hash BYTEA NOT NULL, -- SHA-256 of the text that is signed; empty for a sign-in
    short     TEXT NOT NULL, -- the short code of that text, named in the SMS
    language  TEXT NOT NULL,
    phone     TEXT NOT NULL, -- where it was sent, '' before
    salt      BYTEA NOT NULL,
    code_hash BYTEA, -- HMAC of salt, id and digits; NULL before it is sent
    tries     INTEGER NOT NULL, -- made
    sent_at   BIGINT,
    ends_at   BIGINT NOT NULL
);
CREATE INDEX access_code_iin ON access_code (iin, kind);
CREATE INDEX access_code_ends ON access_code (ends_at);

-- How much of each limit is taken. full_until is the moment at which nothing of
-- it is taken any more: every use moves it on by the time in which one comes back.
CREATE TABLE access_limit (
    kind       TEXT NOT NULL,
    key_hash   BYTEA NOT NULL, -- SHA-256 of the IIN, phone or address
    full_until BIGINT NOT NULL,
    told_until BIGINT NOT NULL, -- until then further refusals leave no audit entry
    PRIMARY KEY (kind, key_hash)
);
CREATE INDEX access_limit_full ON access_limit (full_until);
