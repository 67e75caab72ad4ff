// Package rules is the decision table R01–R70 of temporary registration: given
// what every register answered (Facts) and the numbers in force (Parameters) it
// says whether the entry may be made, whom to ask first, or why not (Verdict).
//
// It is pure: no clock, no network, no storage, nothing but its arguments. The
// same facts give the same verdict for ever, so that a decision can be repeated
// and explained years later. Every row of the table carries its article of law,
// the facts it reads and everything it may answer; the words for people live in
// the catalogue area "rules".
package rules
