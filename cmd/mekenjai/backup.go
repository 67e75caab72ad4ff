package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"mekenjai/internal/database"
	"mekenjai/internal/schema"
)

// noSecrets is said with every backup: without the secrets it restores everything
// but the scans, and the phones by which changes are noticed.
const noSecrets = "NOT in the backup: the secret under which scans of papers are encrypted (the file of --paper-secret; the demo's is beside the database, with .papers at its end) " +
	"and that of --secret-file. Keep copies of them at another place than the backup: without the first no scan can ever be read again, with it whoever has the backup reads them all."

type backupCommand struct {
	Database  string `help:"The file of the embedded database." default:"var/mekenjai.db" env:"MEKENJAI_DATABASE"`
	To        string `help:"The new file. Its folder is made for its owner alone when it is not there." required:"" placeholder:"FILE"`
	Overwrite bool   `help:"Replace a file of this name, once the new one is whole."`
}

// Run copies and checks, and prints what is in the backup, as JSON.
func (c *backupCommand) Run(ctx context.Context, stdout io.Writer) error {
	if err := embedded(c.Database); err != nil {
		return err
	}
	report, err := database.Backup(ctx, c.Database, c.To, database.BackupOptions{Migrations: schema.FS, Overwrite: c.Overwrite})
	if err != nil {
		return stopped(err)
	}
	fmt.Fprintln(os.Stderr, noSecrets)
	return printJSON(stdout, report)
}

type restoreCommand struct {
	From      string `help:"The backup." required:"" placeholder:"FILE"`
	To        string `help:"The file of the embedded database." required:"" placeholder:"FILE"`
	Overwrite bool   `help:"A database may be there; it is set aside, not lost."`
}

// Run checks the backup, puts it in place and prints what is in it, as JSON.
func (c *restoreCommand) Run(ctx context.Context, stdout io.Writer) error {
	if err := embedded(c.To); err != nil {
		return err
	}
	report, err := database.Restore(ctx, c.From, c.To, database.BackupOptions{Migrations: schema.FS, Overwrite: c.Overwrite})
	if err != nil {
		return stopped(err)
	}
	fmt.Fprintln(os.Stderr, noSecrets)
	return printJSON(stdout, report)
}

// embedded refuses a PostgreSQL database, whose backups its own programs make.
func embedded(dsn string) error {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return errors.New("this command is for the embedded database: PostgreSQL is backed up and restored by deploy/backup, see docs/operations.md")
	}
	return nil
}

// stopped says of an interrupted command what it left.
func stopped(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped: nothing was changed")
	}
	return err
}
