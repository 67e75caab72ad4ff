package mapped

import "embed"

// Schemas are the XML schemas of the contracts that are built in, made from the mapping
// files: for who has the other end to write and does not read those. NAME.xsd is where a
// validator begins; NAME is that of the file, with the message where a file has several.
// They say what is written; what is read may have more (doc.go). What a mapping says and
// XML Schema cannot is named in docs/integrations.md.
//
//go:embed schemas/*.xsd
var Schemas embed.FS
