-- +goose Up

-- Our searchable copy of the state's address register. Written only by the
-- import of package address; nothing else of the product refers to its keys,
-- only to address registration codes.

-- Words for kinds of buildings and rooms («пәтер», «квартира»), told once. The
-- id is a hash of the words.
CREATE TABLE address_type (
    id BIGINT PRIMARY KEY,
    kk TEXT NOT NULL,
    ru TEXT NOT NULL
);

-- Administrative units and streets in one tree. The id is the register's own
-- number doubled, plus one for a street: the two tables of the register count
-- apart. Below the line stands what the import computes.
CREATE TABLE address_place (
    id        BIGINT PRIMARY KEY,
    parent    BIGINT NOT NULL, -- 0: the country
    type_kk   TEXT NOT NULL,
    type_ru   TEXT NOT NULL,
    name_kk   TEXT NOT NULL,
    name_ru   TEXT NOT NULL,
    rco       TEXT NOT NULL,
    kato      TEXT NOT NULL,
    actual    BOOLEAN NOT NULL,
    ancestors TEXT NOT NULL, -- ids from the top to the parent, without cycles
    path_kk   TEXT NOT NULL,
    path_ru   TEXT NOT NULL,
    own       TEXT NOT NULL, -- folded words of the names, in both languages
    words     TEXT NOT NULL, -- folded words of the whole path
    sort_kk   TEXT NOT NULL,
    sort_ru   TEXT NOT NULL,
    weight    BIGINT NOT NULL -- of its settlement: binary digits of the count of streets
);
CREATE INDEX address_place_kk ON address_place (parent, sort_kk, id);
CREATE INDEX address_place_ru ON address_place (parent, sort_ru, id);
CREATE INDEX address_place_rco ON address_place (rco);

-- Every word of a place's own names, under each of its ancestors: "which street
-- of this town begins so" is one range.
CREATE TABLE address_word (
    scope BIGINT NOT NULL,
    word  TEXT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (scope, word, place)
);

-- The best places of the whole country for every beginning of every name: ids
-- divided by commas, best first. A one-letter query costs as little as a whole
-- name.
CREATE TABLE address_prefix (
    prefix  TEXT PRIMARY KEY,
    areas   TEXT NOT NULL, -- units, and streets that contain streets
    streets TEXT NOT NULL
);

-- Buildings. A code may stand in two rows of the register; nothing is thrown
-- away, since rooms refer to either.
CREATE TABLE address_building (
    id         BIGINT PRIMARY KEY,
    arc        TEXT NOT NULL,
    place      BIGINT NOT NULL,
    parent     BIGINT NOT NULL, -- of a block inside a building, else 0
    number     TEXT NOT NULL,
    number_key TEXT NOT NULL, -- folded, in the order of numbers
    type       BIGINT NOT NULL,
    purpose    TEXT NOT NULL,
    multi_flat BOOLEAN NOT NULL,
    actual     BOOLEAN NOT NULL
);
CREATE INDEX address_building_arc ON address_building (arc);
CREATE INDEX address_building_place ON address_building (place, number_key, id);
CREATE INDEX address_building_parent ON address_building (parent, number_key, id) WHERE parent <> 0;

CREATE TABLE address_room (
    id         BIGINT PRIMARY KEY,
    arc        TEXT NOT NULL,
    building   BIGINT NOT NULL,
    number     TEXT NOT NULL,
    number_key TEXT NOT NULL,
    type       BIGINT NOT NULL,
    actual     BOOLEAN NOT NULL
);
CREATE INDEX address_room_arc ON address_room (arc);
CREATE INDEX address_room_building ON address_room (building, number_key, id);

-- Plots are kept for one purpose: to tell who types the code of one what it is.
CREATE TABLE address_plot (
    id     BIGINT PRIMARY KEY,
    arc    TEXT NOT NULL,
    place  BIGINT NOT NULL,
    number TEXT NOT NULL,
    actual BOOLEAN NOT NULL
);
CREATE INDEX address_plot_arc ON address_plot (arc);
