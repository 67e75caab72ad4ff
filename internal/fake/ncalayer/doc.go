// Package ncalayer emulates NCALayer, the helper through which browsers reach
// the keys of Kazakhstan's national authority: a web socket on the loopback that
// greets, echoes heartbeats and answers requests for signatures in the frames of
// the real program (release 1.4, module kz.gov.pki.knca.basics, and the legacy
// kz.gov.pki.knca.commonUtils). The dialog with the person is replaced by a
// control API: whose key sits in it and what he will answer next. Keys come from
// the project's own test authority; they prove nothing about anybody.
//
// Not emulated, and answered by an error: XML and raw signatures, signatures over
// a ready hash, time stamps (a wish for one is passed over).
package ncalayer
