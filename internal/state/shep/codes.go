package shep

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Class is what a code of the bus or of a register means for who asked.
type Class string

// The classes. Unknown is what no table names: it is shown with its code, never tried
// again by the channel and never taken for an answer.
const (
	OK       Class = "ok"
	NotFound Class = "not_found" // the register answered: it knows nothing of the subject
	Business Class = "business"  // the register refuses the question
	Retry    Class = "retry"     // the same message may be sent again later
	Access   Class = "access"    // we may not ask this
	Config   Class = "config"    // we are set up wrongly: service, route, schema
	Unknown  Class = "unknown"
)

var classes = []Class{OK, NotFound, Business, Retry, Access, Config}

// Codes are the codes of the channel with their classes.
type Codes map[string]Class

// UsualCodes are those that were seen on the bus. The operator's list is not public;
// SCSE001 is a mixture of "not found", "bad request" and refusals, so that nothing
// but "no answer" can be made of it without the passport of the service.
func UsualCodes() Codes {
	return Codes{
		codeOfSuccess: OK, codeOfFailure: Business, "SCSE002": Business, "SCSE003": Retry,
		"SBF-VE-8": Config, "VAL-JSR-001": Config, "VAL-R-004": Config, "SBF-AD-1": Access,
		"FAULT-015": Retry, "FAULT015": Retry,
	}
}

// Class of a code; Unknown when the table has none.
func (c Codes) Class(code string) Class {
	if c == nil {
		c = UsualCodes()
	}
	if class, found := c[code]; found {
		return class
	}
	return Unknown
}

// UnmarshalJSON reads a table and refuses classes that there are not.
func (c *Codes) UnmarshalJSON(raw []byte) error {
	var table map[string]Class
	if err := json.Unmarshal(raw, &table); err != nil {
		return err
	}
	for _, code := range slices.Sorted(maps.Keys(table)) {
		if class := table[code]; code == "" || !slices.Contains(classes, class) {
			return fmt.Errorf("the code %q has the class %q; there are %v", code, class, classes)
		}
	}
	*c = table
	return nil
}

// With is the table with the lines of another over it.
func (c Codes) With(over Codes) Codes {
	all := maps.Clone(c)
	if all == nil {
		all = Codes{}
	}
	maps.Copy(all, over)
	return all
}
