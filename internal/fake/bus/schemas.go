package bus

import (
	"io/fs"

	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/wire"
)

// schemas are those of the documents of the registered services: of the exact peers, and
// of our contracts in the place of passports. No name is in both.
type schemas struct{}

func (schemas) Open(name string) (fs.File, error) {
	if f, err := wire.Schemas.Open("xsd/" + name); err == nil {
		return f, nil
	}
	return mapped.Schemas.Open("schemas/" + name)
}
