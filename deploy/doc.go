// Package deploy holds no code: what an administrator runs a country with
// (docs/operations.md), and the tests of its scripts.
package deploy
