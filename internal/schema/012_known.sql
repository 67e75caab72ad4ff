-- +goose Up

-- What a person was told about the safety of the access: a changed phone, a
-- sign-in from a new place. It stands on the page of his sessions and is sent as a
-- text message, to the former phone too while the hold lasts.
CREATE TABLE access_notice (
    id         TEXT PRIMARY KEY, -- UUIDv7
    iin        TEXT NOT NULL,
    kind       TEXT NOT NULL, -- 'phone_changed', 'new_place'
    browser    TEXT NOT NULL,
    platform   TEXT NOT NULL,
    network    TEXT NOT NULL,
    language   TEXT NOT NULL, -- '' when it is not known
    at         BIGINT NOT NULL,
    hold_until BIGINT, -- of a changed phone
    sms        BOOLEAN NOT NULL, -- FALSE when too many were sent already
    sent_at    BIGINT
);
CREATE INDEX access_notice_iin ON access_notice (iin, id);
CREATE INDEX access_notice_at ON access_notice (at);
