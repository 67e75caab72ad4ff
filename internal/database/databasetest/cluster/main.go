// Command cluster runs a command with one PostgreSQL cluster for all the test
// binaries it starts:
//
//	go run ./internal/database/databasetest/cluster -- go test ./...
//
// It ends with the exit code of the command. Settings of the server come before
// the command; for measurements make it durable:
//
//	cluster -c fsync=on -c synchronous_commit=on -c full_page_writes=on -- go test -bench . ./…
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"mekenjai/internal/database/databasetest"
)

func main() {
	var settings []string
	flag.Func("c", "a `setting=value` of the server", func(s string) error {
		settings = append(settings, s)
		return nil
	})
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: cluster [-c setting=value]… -- command [argument…]")
		os.Exit(2)
	}
	code, err := run(settings, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
	}
	os.Exit(code)
}

func run(settings, args []string) (int, error) {
	c, err := databasetest.StartCluster(settings...)
	if err != nil {
		return 1, err
	}
	defer c.Stop()

	command := exec.Command(args[0], args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.Env = append(os.Environ(), databasetest.EnvCluster+"="+c.URL)
	if err := command.Start(); err != nil {
		return 1, err
	}
	// An interrupt from the keyboard reaches the command as well; what is sent
	// to this process alone is passed on. Either way the command ends first.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for s := range signals {
			command.Process.Signal(s)
		}
	}()
	err = command.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		if exit.ExitCode() < 0 {
			return 1, err
		}
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
