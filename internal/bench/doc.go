// Package bench measures a running installation: it plays the people of a crowd in
// their browsers, with real signatures, and tells what came of it. It knows of the
// server what a browser, a telephone and the kernel's accounts know.
package bench
