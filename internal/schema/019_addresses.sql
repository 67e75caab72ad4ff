-- +goose Up

-- Serves programs from 12 on.
-- How far each import of the address register came. A source is named by the digest
-- of its files.
CREATE TABLE address_import (
    source    TEXT PRIMARY KEY,
    plots     BIGINT NOT NULL, -- rows of the source that are taken over
    buildings BIGINT NOT NULL,
    rooms     BIGINT NOT NULL,
    begun_at  BIGINT NOT NULL,
    ended_at  BIGINT           -- NULL while it is under way, and when it broke
);
CREATE INDEX address_import_ended ON address_import (ended_at, begun_at);
