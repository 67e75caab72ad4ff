// Package entries is IS RP DRN simulated: a register of registrations of its own,
// beside ours. It takes a deed exactly once by its ID, fixes it at its own instant,
// refuses what contradicts what it keeps or what it knows of people and dwellings,
// and keeps everything in a journal, so that it forgets nothing when it is started
// anew. It shares no code with our own register: what the two agree on, they agree on
// by messages.
package entries
