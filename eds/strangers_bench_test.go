//go:build unix

package eds

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"mekenjai/eds/gost"
)

// The same work here and in OpenSSL, in the same run, in processor time, which does not
// depend on what else the machine does. OpenSSL works on b.N certificates in one
// process, so that starting it does not count when b.N is large:
//
//	go test ./eds -run xxx -bench Strangers -benchtime 2000x

// openssl runs the program in the folder, or skips without it or its GOST engine. It
// returns the processor time that was spent.
func openssl(b *testing.B, dir string, args ...string) time.Duration {
	b.Helper()
	if err := exec.Command("openssl", "engine", "gost").Run(); err != nil {
		b.Skip("no OpenSSL with the GOST engine")
	}
	cmd := exec.Command("openssl", args...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Run(); err != nil {
		b.Fatalf("openssl %s: %v\n%s", args[0], err, out.String())
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// own is the processor time that this process spends on work.
func own(b *testing.B, work func()) time.Duration {
	spent := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := spent()
	work()
	return spent() - before
}

// perOperation reports the time of b.N operations in place of the clock's.
func perOperation(b *testing.B, total time.Duration) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(total.Microseconds())/float64(b.N), "cpu-µs/op")
}

// opensslPair makes an authority and a certificate of it with OpenSSL.
func opensslPair(b *testing.B, dir string, key ...string) {
	b.Helper()
	newKey := func(name string, args ...string) {
		openssl(b, dir, append(append([]string{"req", "-engine", "gost", "-nodes", "-subj", "/CN=" + name, "-keyout", name + ".key"}, args...), key...)...)
	}
	newKey("ca", "-x509", "-days", "30", "-out", "ca.pem")
	newKey("leaf", "-new", "-out", "leaf.req")
	openssl(b, dir, "x509", "-engine", "gost", "-req", "-in", "leaf.req", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30", "-out", "leaf.pem")
}

// BenchmarkStrangersVerify checks the signature of a certificate.
func BenchmarkStrangersVerify(b *testing.B) {
	for _, c := range []struct {
		name      string
		algorithm Algorithm
		key       []string
	}{
		{"GOST-512", GOST2015x512, []string{"-newkey", "gost2012_512", "-pkeyopt", "paramset:A"}},
		{"GOST-256-TC26", GOST2015x256, []string{"-newkey", "gost2012_256", "-pkeyopt", "paramset:TCA"}},
		{"GOST-256", GOST2004, []string{"-newkey", "gost2001", "-pkeyopt", "paramset:A"}},
		{"RSA-2048", RSASHA256, []string{"-newkey", "rsa:2048"}},
	} {
		b.Run(c.name+"/eds", func(b *testing.B) {
			s := root("ca")
			s.key = keyOf(b, c.algorithm)
			anchor := issue(b, s)
			s = person(anchor)
			s.key = keyOf(b, c.algorithm)
			leaf := issue(b, s).Certificate
			perOperation(b, own(b, func() {
				for range b.N {
					if leaf.verifySignature(anchor.Certificate) != nil {
						b.Fatal("refused")
					}
				}
			}))
		})
		b.Run(c.name+"/openssl", func(b *testing.B) {
			dir := b.TempDir()
			opensslPair(b, dir, c.key...)
			leaves := slices.Repeat([]string{"leaf.pem"}, b.N)
			all := openssl(b, dir, append([]string{"verify", "-engine", "gost", "-CAfile", "ca.pem"}, leaves...)...)
			// The same without the signature, as the certificate itself is trusted.
			rest := openssl(b, dir, append([]string{"verify", "-engine", "gost", "-partial_chain", "-trusted", "leaf.pem"}, leaves...)...)
			perOperation(b, all-rest)
		})
	}
}

// BenchmarkStrangersHash hashes 32 MB, once: a hash in seconds tells enough.
func BenchmarkStrangersHash(b *testing.B) {
	data := make([]byte, 32<<20)
	speed := func(b *testing.B, spent time.Duration) {
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(len(data))/1e6/spent.Seconds(), "cpu-MB/s")
	}
	for _, c := range []struct {
		name string
		sum  func([]byte)
		flag string
	}{
		{"Streebog-512", func(d []byte) { gost.Streebog512(d) }, "-md_gost12_512"},
		{"GOST-34.311-95", func(d []byte) { digestGOST341195.sum(d) }, "-md_gost94"},
	} {
		b.Run(c.name+"/eds", func(b *testing.B) {
			speed(b, own(b, func() { c.sum(data) }))
		})
		b.Run(c.name+"/openssl", func(b *testing.B) {
			dir := b.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "data"), data, 0o600); err != nil {
				b.Fatal(err)
			}
			speed(b, openssl(b, dir, "dgst", "-engine", "gost", c.flag, "data"))
		})
	}
}
