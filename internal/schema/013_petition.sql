-- +goose Up

-- Serves programs from 12 on.
-- A register that is silent keeps a petition's rows waiting, not the sweep.
ALTER TABLE petition ADD COLUMN try_at BIGINT NOT NULL DEFAULT 0; -- when its rows are filed (again)
