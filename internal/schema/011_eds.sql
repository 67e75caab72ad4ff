-- +goose Up

-- A signature over a challenge that was read and is right, while the authority could
-- not be asked about its certificate: it may be tried again until the row ends.
ALTER TABLE access_challenge ADD COLUMN signature BYTEA;

-- What proves a sign-in by key: the signed challenge, what was known of revocation when
-- the door was opened, and the evidence gathered around it afterwards.
CREATE TABLE access_proof (
    session     TEXT PRIMARY KEY, -- the id that the audit entry of the sign-in names
    iin         TEXT NOT NULL,
    certificate TEXT NOT NULL, -- serial number
    signed_at   BIGINT NOT NULL,
    revocation  TEXT NOT NULL, -- JSON: source, status and age of each answer of the moment
    signature   BYTEA NOT NULL, -- attached CMS, as it was handed over
    evidence    BYTEA, -- CAdES-LT; NULL until it is gathered
    ends_at     BIGINT NOT NULL -- then it is thrown away
);
CREATE INDEX access_proof_iin ON access_proof (iin, session);
CREATE INDEX access_proof_ends ON access_proof (ends_at);
