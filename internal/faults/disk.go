package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"mekenjai/internal/database"
)

// diskSize is that of the small disk.
const diskSize = "96m"

// Disk fills the disk that the database is on, lets people meet that for some
// seconds, and makes room again.
func Disk() Fault {
	var folder string
	return Fault{
		Name: "disk",
		Says: "On a full disk nothing is acknowledged that is not written; with room the service goes on by itself.",
		Prepare: func(ctx context.Context, s *Site) error {
			folder = filepath.Join(s.Dir, "disk")
			if err := smallDisk(s, folder); err != nil {
				return err
			}
			place := folder
			if s.Engine == database.Postgres {
				if err := s.postgres.start(); err != nil {
					return err
				}
				place = filepath.Join(folder, "space")
				if err := errors.Join(os.Chmod(s.Dir, 0o711), os.Mkdir(place, 0o700), s.postgres.cluster.Give(place)); err != nil {
					return err
				}
			}
			return s.Database(ctx, place)
		},
		Strike: func(ctx context.Context, s *Site) error {
			if err := pause(ctx, time.Duration(300+s.Random.IntN(700))*time.Millisecond); err != nil {
				return err
			}
			before := s.people.again.Load()
			ballast := filepath.Join(folder, "ballast")
			err := fill(ctx, ballast, func() bool { return s.people.again.Load() > before+5 })
			return errors.Join(err, os.Remove(ballast), awaitAll(ctx, s))
		},
		Prove: func(_ context.Context, s *Site, _ *database.DB) error {
			if s.people.again.Load() == 0 {
				return errors.New("the disk was never so full that anybody met it")
			}
			return nil
		},
	}
}

// smallDisk mounts a file system of its own, which the kernel allows root alone.
func smallDisk(s *Site, folder string) error {
	if err := os.Mkdir(folder, 0o711); err != nil {
		return err
	}
	if err := syscall.Mount("mekenjai-faults", folder, "tmpfs", 0, "mode=711,size="+diskSize); err != nil {
		if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
			return &Skip{"a small disk is mounted for it, which this user may not do"}
		}
		return fmt.Errorf("mount a small disk: %w", err)
	}
	s.Undo(func() error { return syscall.Unmount(folder, syscall.MNT_DETACH) })
	return nil
}

// fillsFor is the longest time for which the disk stays full: at times it is met by
// jobs alone, as everybody waits for one.
const fillsFor = 8 * time.Second

// fill takes all room again and again, since a database gives some back, until
// enough people have met it or the time is over.
func fill(ctx context.Context, path string, enough func() bool) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	least := time.Now().Add(time.Second)
	for deadline := time.Now().Add(fillsFor); time.Now().Before(deadline); {
		for _, size := range []int{1 << 20, 64 << 10, 4 << 10} {
			block := make([]byte, size)
			for {
				if _, err = file.Write(block); err != nil {
					break
				}
			}
			if !errors.Is(err, syscall.ENOSPC) {
				return err
			}
		}
		if time.Now().After(least) && enough() {
			return nil
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}
