package shep

import (
	"errors"
	"fmt"
	"time"
)

// Plane is where an error of the bus came from.
type Plane string

// The three planes.
const (
	PlaneFault    Plane = "fault"    // a SOAP fault
	PlaneStatus   Plane = "status"   // a status in a message in good order
	PlaneBusiness Plane = "business" // a code within the business document, told by the adapter
)

// Error is what the bus, or the register behind it, said instead of an answer.
type Error struct {
	Plane    Plane
	Code     string
	Message  string // as it was said; may hold what people typed: not for logs
	Class    Class
	Exchange Exchange
}

// Error tells the code, never the message: it may speak of a person.
func (e *Error) Error() string {
	return fmt.Sprintf("the bus says %q (%s, class %s)", short(e.Code, 40), e.Plane, e.Class)
}

// ErrorInfo is the detail of a fault, and of a notice that something failed.
type ErrorInfo struct {
	Code, Message, Data string
	Date                time.Time
	Sub                 *ErrorInfo
	SessionID           string
}

// Fault is an error that a server answers as a SOAP fault.
type Fault struct {
	Code, Message string
}

func (f *Fault) Error() string { return fmt.Sprintf("fault %s: %s", f.Code, f.Message) }

// The other ways in which there is no answer.
var (
	ErrTransport    = errors.New("the bus cannot be reached")
	ErrUntrusted    = errors.New("the message is not signed by whom it must be")
	ErrUndecided    = errors.New("whether the signature is good cannot be told now")
	ErrTooLarge     = errors.New("the message is larger than any may be")
	ErrOtherMessage = errors.New("the reply is to another message")
	ErrOpen         = errors.New("the service failed repeatedly and is not asked for a while")
)

func transport(err error) error { return fmt.Errorf("%w: %w", ErrTransport, err) }
