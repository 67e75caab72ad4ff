package databasetest

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Standby makes and starts a streaming replica of the cluster. It stops as the
// cluster does, and does not stop with it.
func (c *Cluster) Standby() (*Cluster, error) {
	bin, err := postgresPrograms()
	if err != nil {
		return nil, err
	}
	owner, err := serverUser()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(shortTempDir(), "mekenjai-pg-")
	if err != nil {
		return nil, err
	}
	s := &Cluster{dir: dir}
	u, err := url.Parse(c.URL)
	if err == nil {
		u.RawQuery = url.Values{"host": {dir}, "port": {"5432"}}.Encode()
		s.URL = u.String()
		err = s.follow(c, bin, owner)
	}
	if err != nil {
		s.Stop()
		os.RemoveAll(dir)
		return nil, fmt.Errorf("start a standby for tests: %w", err)
	}
	return s, nil
}

func (c *Cluster) follow(primary *Cluster, bin string, owner *syscall.Credential) error {
	attr := &syscall.SysProcAttr{Credential: owner, Setpgid: true}
	if owner != nil {
		if err := os.Chown(c.dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	copied := exec.Command(filepath.Join(bin, "pg_basebackup"), "-D", filepath.Join(c.dir, "data"),
		"-h", primary.dir, "-U", "postgres", "-R", "-X", "stream", "-c", "fast", "--no-sync")
	copied.SysProcAttr, copied.Dir = attr, c.dir
	if out, err := copied.CombinedOutput(); err != nil {
		return fmt.Errorf("pg_basebackup: %w\n%s", err, out)
	}
	return c.serve(bin, attr, nil)
}
