-- +goose Up

-- Serves programs from 12 on.
-- A question that went over the state's bus is kept with its answer, as it may be
-- shown: passwords and tokens are blanked. The hash is of the bytes that really went.
-- NULL: it was asked in this process, or by a program before this migration.
ALTER TABLE reply ADD COLUMN request BYTEA;
ALTER TABLE reply ADD COLUMN request_hash BYTEA;
