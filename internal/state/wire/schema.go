package wire

import "embed"

// Schemas are the XML schemas of the messages, written by hand from the public ones
// (docs/integrations.md names them). The files kdp.xsd, persons.xsd, entities.xsd
// and files.xsd are where a validator begins: they declare the roots, each import
// one file a namespace.
//
//go:embed xsd/*.xsd
var Schemas embed.FS
