// Package demo is the face of the demo country: it lists the stories and the
// people, puts their keys into the NCALayer emulator, shows their phones, breaks
// registers and moves the clock. It holds no state of its own and checks no
// rights: cmd mounts it in the demo configuration only, where nothing is real.
package demo
