package database

import "time"

// HastyTerm is the term of a leader that was hastened: long enough for a machine that
// is busy with other tests.
const HastyTerm = 1500 * time.Millisecond

// Hasten makes a node beat fast, before it joins.
func Hasten(db *DB) {
	db.engine.(*postgresEngine).member.pace = pace{beat: 100 * time.Millisecond, term: HastyTerm, dead: 2 * HastyTerm}
}

// Silence makes a node say nothing more, as one that died.
func Silence(db *DB) {
	m := db.engine.(*postgresEngine).member
	m.stop()
	<-m.ended
}
