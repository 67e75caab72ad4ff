// Package e2e holds journeys through the whole product in a real browser: the
// binary as it ships, the demo country, Chromium. Each journey reads like the
// story that it tells; every page on its way is checked for what keeps people
// out (axe, a window of 320 pixels, errors in the console).
package e2e
