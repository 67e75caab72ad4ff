package faults

import (
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// server is what stands behind a link: it answers each byte with a frame.
func server(t *testing.T) (socket string) {
	socket = filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for b := []byte{0}; ; {
					if _, err := conn.Read(b); err != nil {
						return
					}
					answer := []byte("C\x00\x00\x00\x0bCOMMIT\x00")
					if b[0] == 's' {
						answer = []byte("C\x00\x00\x00\x0bSELECT\x00")
					}
					if _, err := conn.Write(answer); err != nil {
						return
					}
				}
			}()
		}
	}()
	return socket
}

// ask says a byte and waits for the answer of twelve.
func ask(conn net.Conn, what byte) error {
	if err := conn.SetDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte{what}); err != nil {
		return err
	}
	_, err := conn.Read(make([]byte, 12))
	return err
}

func TestALinkBreaksInItsWaysAndIsWholeAgain(t *testing.T) {
	l, err := openLink(server(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.close() })
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", l.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	timedOut := func(err error) bool {
		var n net.Error
		return errors.As(err, &n) && n.Timeout()
	}
	a := dial()
	if err := errors.Join(ask(a, 's'), ask(a, 'c')); err != nil {
		t.Errorf("whole: %v", err)
	}
	l.lose(1)
	if err := ask(a, 's'); err != nil {
		t.Errorf("an answer that is none to a COMMIT was lost: %v", err)
	}
	if err := ask(a, 'c'); err == nil || timedOut(err) {
		t.Errorf("the answer to a COMMIT was not lost with its connection: %v", err)
	}
	b := dial()
	if err := ask(b, 'c'); err != nil {
		t.Errorf("a second answer was lost: %v", err)
	}
	l.set(silent)
	if err := ask(b, 's'); !timedOut(err) {
		t.Errorf("silent: %v", err)
	}
	l.set(whole)
	if err := ask(b, 's'); !timedOut(err) {
		t.Errorf("a connection that was silent speaks again: %v", err)
	}
	c := dial()
	if err := ask(c, 's'); err != nil {
		t.Errorf("whole again: %v", err)
	}
	l.set(cut)
	if err := ask(c, 's'); err == nil || timedOut(err) {
		t.Errorf("cut: %v", err)
	}
	l.set(slow)
	d, begun := dial(), time.Now()
	if err := ask(d, 's'); !timedOut(err) && time.Since(begun) < delay {
		t.Errorf("slow after %s: %v", time.Since(begun), err)
	}
}
