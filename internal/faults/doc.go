// Package faults makes things go wrong while people use the service, and proves
// afterwards that nothing they were told is lost or there twice.
//
// A scenario starts the program itself, in processes of its own, on a fresh
// database; the people of the demo country go through the service at the same
// time, each again and again; a Fault strikes in between. Every acknowledgement
// is written to a journal, durably, before its receiver goes on. In the end
// package check examines the database and holds the journal against it.
package faults
