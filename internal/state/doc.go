// Package state is what the register of temporary registrations sees of the
// state's other information systems: one file a peer, plain types shaped by the
// fields that the peers really send, and one function a question in Peers. Every
// answer comes with the bytes it was read from, their SHA-256 and the times of
// asking and answering, because it becomes evidence of the case. A peer that is
// silent, slow or answers about somebody else is never trusted and never taken
// for "no": it is a *Silence, which wraps mekenjai.ErrUnavailable.
//
// How the bytes travel is the business of whoever fills Peers: the demo country
// answers in process, the bus of the state by XML.
package state
