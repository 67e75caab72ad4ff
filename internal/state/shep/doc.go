// Package shep speaks with the state's bus (SHEP, ШЭП, Smart Bridge): SOAP 1.1 over
// HTTP in the forms of its synchronous channel and its asynchronous channel, version
// 10, with the transport signature that both ends put on every message. It hides the
// channel's envelopes, order and spelling, the signatures, the three planes on which
// an error can come, and the repetition of what got lost; it knows nothing of what
// the documents inside mean.
//
// Reading is strict in both directions: only the element of the operation is in a
// namespace, its children are in none and stand in the order of the schema, document
// types and entities are refused, and everything has a limit. What is not signed by
// whom it must be signed is never read. The schemas are written by hand, lie in
// Schemas and are served at ?wsdl and ?xsd=.
package shep
