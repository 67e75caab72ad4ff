// Package freeport finds addresses of this machine on which a program that is started
// next can listen: tests, fault drills and measurements start whole processes, and
// these need their address, which is also their public name, before they begin.
package freeport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

// The ports that are given. The kernel takes those of outgoing connections from 32768
// on (net.ipv4.ip_local_port_range), and with them those of port 0: such a port, found
// free and closed again, is now and then somebody's connection before the program
// listens there. Below 20000 stand the services that people know by their number.
const (
	first = 20000
	ports = 12000
)

var (
	mu   sync.Mutex
	next = rand.IntN(ports) // another process begins elsewhere
)

// Address is an address of the loopback interface, with the host's name, on which nobody
// listens. It is given once by each process until all have been.
func Address() (string, error) {
	port, err := Port()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("localhost:%d", port), nil
}

// Port is the port of such an address alone.
func Port() (int, error) {
	mu.Lock()
	defer mu.Unlock()
	for range ports {
		port := first + next
		next = (next + 1) % ports
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		return port, l.Close()
	}
	return 0, errors.New("every port of the loopback interface is taken")
}
