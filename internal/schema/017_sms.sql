-- +goose Up

-- Serves programs from 12 on.

-- What became of the text messages that were handed to the gateway: neither text nor
-- number, for some days.
CREATE TABLE sms (
    id          TEXT PRIMARY KEY, -- UUIDv7: stands, sealed, in the address of its reports
    route       TEXT NOT NULL,    -- that took it; '' when a report was quicker than the note of it
    state       TEXT NOT NULL,    -- 'handed', 'accepted', 'delivered', 'failed'
    handed_at   BIGINT NOT NULL,
    reported_at BIGINT            -- of the report that says the state; NULL: none has come
);
CREATE INDEX sms_handed ON sms (handed_at, route, state);
