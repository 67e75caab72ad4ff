package database

import "time"

// Hasten makes a node beat fast, before it joins.
func Hasten(db *DB) {
	db.engine.(*postgresEngine).member.pace = pace{beat: 40 * time.Millisecond, term: 200 * time.Millisecond, dead: 500 * time.Millisecond}
}

// Silence makes a node say nothing more, as one that died.
func Silence(db *DB) {
	m := db.engine.(*postgresEngine).member
	m.stop()
	<-m.ended
}
