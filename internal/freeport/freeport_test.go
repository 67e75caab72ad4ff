package freeport

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
)

func TestAnAddressIsGivenOnce(t *testing.T) {
	given := map[int]bool{}
	for range 50 {
		port, err := Port()
		if err != nil {
			t.Fatal(err)
		}
		if given[port] {
			t.Fatalf("port %d was given twice", port)
		}
		given[port] = true
	}
}

func TestAPortThatIsTakenIsPassedOver(t *testing.T) {
	port, err := Port()
	if err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", first+(port-first+1)%ports))
	if err != nil {
		t.Skipf("the next port is another's: %v", err)
	}
	defer taken.Close()
	after, err := Port()
	if err != nil {
		t.Fatal(err)
	}
	if after == taken.Addr().(*net.TCPAddr).Port {
		t.Fatalf("port %d was given while somebody listens there", after)
	}
}

// An outgoing connection may take any port of the kernel's range at any moment.
func TestNoPortIsOneOfOutgoingConnections(t *testing.T) {
	content, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		t.Skip(err)
	}
	var low, high int
	if _, err := fmt.Sscan(strings.TrimSpace(string(content)), &low, &high); err != nil {
		t.Fatal(err)
	}
	if low < first+ports && high >= first {
		t.Skipf("this machine's outgoing connections use %d to %d", low, high)
	}
	for range 5 {
		port, err := Port()
		if err != nil {
			t.Fatal(err)
		}
		if port >= low && port <= high {
			t.Errorf("port %d may be an outgoing connection's (%d to %d)", port, low, high)
		}
	}
}
