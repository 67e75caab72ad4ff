// Package crowd is a country of millions by formula: every person, dwelling,
// owner and answer of a register follows from a number, so that nothing about
// anybody stands in memory. It lies beside the demo country, whose people live on
// in it, and serves measurements; nobody in it exists.
//
// Everybody is an adult citizen with a card, a telephone, an account and a key.
// Person i lives in dwelling i mod D; dwelling j belongs to persons j and j+D in
// equal shares. Some persons have a temporary registration elsewhere; those after
// them apply for one.
package crowd
