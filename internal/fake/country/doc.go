// Package country is the demo country: invented people, dwellings and
// organisations whose registers answer in process through state.Peers, with
// faults that can be switched on while it runs, and the stories that the demo
// page tells about them. Nobody in it exists. Ages and dates are counted from the
// moment at which the country is made, so the stories never grow old; numbers of
// people stay the same within a calendar year.
package country
