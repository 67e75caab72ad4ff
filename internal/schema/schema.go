// Package schema holds the tables of the product: one text for both engines,
// forward only, applied in the order of the file names. Each file belongs to the
// package whose verbs write its tables: audit, access, address, register.
package schema

import "embed"

// FS has the migrations at its root.
//
//go:embed *.sql
var FS embed.FS
