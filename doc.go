// Package mekenjai is the law of temporary registration at the place of stay in
// Kazakhstan: the nouns of the field and the rules of their states. It is pure;
// it reads no clock, no disk and no network, and imports the standard library
// alone. Everything else in the module is arranged around it.
package mekenjai
