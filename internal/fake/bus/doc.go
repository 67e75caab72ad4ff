// Package bus is the state bus with every information system behind it, simulated:
// over HTTP, in the bytes of the real ones, signed. It refuses what the real bus
// would refuse, and answers from the registers of the demo country and from a
// register of registrations (IS RP DRN) of its own, which takes each deed once and
// forgets nothing. It can be made to fail as networks, buses and registers fail:
// for a while, on a schedule, or for certain numbers always.
//
// It writes with the same encoders as the client reads with, so what it proves of
// the bytes is that both sides mean the same. That they are right is for the schemas
// to say, for other implementations, and in the end for the operator's own bus.
package bus
