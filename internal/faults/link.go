package faults

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"time"
)

// Link is the network between the nodes and PostgreSQL, which can be broken. It
// speaks the server's protocol as far as frames go, without encryption.
type Link struct {
	listener net.Listener
	server   string // the socket behind

	mu    sync.Mutex
	mode  mode
	loses int // answers to COMMIT that are still to be lost
	lost  int // that were
	pairs map[*pair]struct{}
}

type mode int

const (
	whole  mode = iota
	cut         // connections break, and no other is taken
	slow        // everything takes a fifth of a second longer
	silent      // nothing comes through and nobody is told
)

// pair is a connection with its two ends.
type pair struct {
	node, server net.Conn
	dead         bool // silent for ever, guarded by Link.mu
}

func (p *pair) close() { p.node.Close(); p.server.Close() }

// delay is by how much a slow link holds each chunk up.
const delay = 200 * time.Millisecond

// openLink listens before the socket of a server.
func openLink(socket string) (*Link, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &Link{listener: listener, server: socket, pairs: map[*pair]struct{}{}}
	go l.accept()
	return l, nil
}

// via is the name of the database when it is reached over the link.
func (l *Link) via(dsn string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", err
	}
	u.Host = l.listener.Addr().String()
	q := u.Query()
	q.Del("host")
	q.Del("port")
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	return u.String(), nil
}

func (l *Link) close() error {
	err := l.listener.Close()
	l.set(cut)
	return err
}

func (l *Link) accept() {
	for {
		node, err := l.listener.Accept()
		if err != nil {
			return
		}
		if l.now() == cut {
			node.Close()
			continue
		}
		go l.join(node)
	}
}

// join carries both directions of one connection until either end is over.
func (l *Link) join(node net.Conn) {
	server, err := net.Dial("unix", l.server)
	if err != nil {
		node.Close()
		return
	}
	p := &pair{node: node, server: server}
	l.mu.Lock()
	l.pairs[p] = struct{}{}
	l.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { defer p.close(); l.forward(p) })
	both.Go(func() { defer p.close(); l.back(p) })
	both.Wait()
	l.mu.Lock()
	delete(l.pairs, p)
	l.mu.Unlock()
}

// forward carries what the node says.
func (l *Link) forward(p *pair) {
	buf := make([]byte, 32<<10)
	for {
		n, err := p.node.Read(buf)
		if err != nil {
			return
		}
		if l.holds(p) {
			continue // swallowed: the node waits for an answer
		}
		if _, err := p.server.Write(buf[:n]); err != nil {
			return
		}
	}
}

// back carries what the server says, frame by frame, so that the answer to a
// COMMIT is seen: a type, the length of the rest, the rest.
func (l *Link) back(p *pair) {
	in := bufio.NewReaderSize(p.server, 32<<10)
	out := bufio.NewWriterSize(p.node, 32<<10)
	for {
		var head [5]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		if head[0] == 'C' && string(body) == "COMMIT\x00" && l.loseCommit() {
			return // it took place, and nobody hears of it
		}
		if l.holds(p) {
			continue
		}
		out.Write(head[:])
		out.Write(body)
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
	}
}

// holds waits on a slow link, and says whether what was read is to be swallowed.
func (l *Link) holds(p *pair) bool {
	l.mu.Lock()
	m, dead := l.mode, p.dead
	l.mu.Unlock()
	if m == slow {
		time.Sleep(delay)
	}
	return dead || m == silent
}

func (l *Link) loseCommit() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loses == 0 {
		return false
	}
	l.loses--
	l.lost++
	return true
}

func (l *Link) now() mode {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mode
}

// set changes what the link does. Connections that were silent once stay so: the
// firewall between has forgotten them.
func (l *Link) set(m mode) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mode = m
	for p := range l.pairs {
		if m == cut {
			p.close()
		}
		if m == silent {
			p.dead = true
		}
	}
}

// lose makes the next n answers to COMMIT be lost, with their connections.
func (l *Link) lose(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loses = n
}

// Cut breaks the network between the nodes and PostgreSQL, in four ways in turn.
func Cut() Fault {
	var link *Link
	turn := 0
	return Fault{
		Name: "cut",
		Says: "A network that breaks, is slow, swallows everything or loses the answer to a COMMIT loses and doubles nothing, and the nodes come back by themselves.",
		Prepare: func(ctx context.Context, s *Site) (err error) {
			if err := s.Database(ctx, ""); err != nil {
				return err
			}
			if link, err = openLink(s.postgres.cluster.Socket()); err != nil {
				return err
			}
			s.Undo(link.close)
			s.Via, err = link.via(s.DSN)
			return err
		},
		Strike: func(ctx context.Context, s *Site) error {
			if err := pause(ctx, time.Duration(300+s.Random.IntN(500))*time.Millisecond); err != nil {
				return err
			}
			turn++
			switch turn % 4 {
			case 1:
				return loseCommits(ctx, link, 6)
			case 2:
				link.set(cut)
			case 3:
				link.set(slow)
			case 0:
				link.set(silent)
			}
			err := pause(ctx, time.Duration(500+s.Random.IntN(1500))*time.Millisecond)
			link.set(whole)
			return errors.Join(err, awaitAll(ctx, s))
		},
	}
}

// loseCommits waits until so many answers were lost.
func loseCommits(ctx context.Context, l *Link, n int) error {
	l.mu.Lock()
	wanted := l.lost + n
	l.mu.Unlock()
	l.lose(n)
	for deadline := time.Now().Add(comesUp); time.Now().Before(deadline); {
		l.mu.Lock()
		enough := l.lost >= wanted
		l.mu.Unlock()
		if enough {
			return nil
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("no COMMIT was seen: nobody writes, or the link does not understand the server")
}

// awaitAll waits until every node answers.
func awaitAll(ctx context.Context, s *Site) error {
	for _, n := range s.Nodes {
		if err := n.Await(ctx); err != nil {
			return err
		}
		n.starts = nil // it did not start
	}
	return nil
}
