// Package wire writes and reads the messages of the state's information systems
// whose schema is public, in both directions: the citizen's consent (KDP), persons
// (GBD FL), legal entities (GBD UL) and the temporary store of files
// (EDS_TEMP_FILES). Each message is described once, in the order of its schema, and
// the same description writes and reads it; the schemas themselves, written by hand
// from the same sources, are in Schemas.
//
// Reading is strict: names and namespaces, order, what is mandatory and the form of
// values must be those of the schema, and an element that it does not know is
// refused, because a new version of a peer's schema comes under a new service id and
// what nobody has read must not decide. Who has to live with an addition before the
// next release names it to the decoder, which then passes over it. Document type
// declarations, entities and processing instructions are refused. Nothing here
// verifies signatures: what is read was verified by the bus before, and an enveloped
// signature is passed over where the schema has it.
package wire
