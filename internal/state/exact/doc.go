// Package exact asks the registers whose schema is public over the bus: persons of
// GBD FL through the consent of KDP, and organisations of GBD UL. It joins the
// messages of package wire with the channel of package shep and says one of three
// things: what the register knows, that it knows nothing, or why there is no answer.
package exact
