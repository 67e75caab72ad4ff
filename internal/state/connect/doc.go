// Package connect makes the state's registers of a configuration of the bus: it
// reads the file that names keys, services and codes, and gives the questions of
// state.Peers that go over the bus. A register that the file leaves out is not
// connected: its questions stay unanswered, so that nothing passes unchecked and
// nothing is refused for it. docs/integrations.md describes the file and each peer.
package connect
