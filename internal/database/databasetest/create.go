package databasetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Create makes an empty database of the cluster and returns its name. Its files
// are in folder, which must belong to the server's user and be empty; "" is where
// the cluster keeps all others.
func (c *Cluster) Create(ctx context.Context, folder string) (dsn string, err error) {
	admin, err := pgx.Connect(ctx, c.URL)
	if err != nil {
		return "", fmt.Errorf("connect to the cluster: %w", err)
	}
	defer admin.Close(ctx)
	name, place := "db_"+strings.ToLower(rand.Text()[:16]), ""
	if folder != "" {
		if _, err := admin.Exec(ctx, `CREATE TABLESPACE `+name+` LOCATION '`+strings.ReplaceAll(folder, `'`, `''`)+`'`); err != nil {
			return "", fmt.Errorf("tablespace in %s: %w", folder, err)
		}
		place = ` TABLESPACE ` + name
	}
	if _, err := admin.Exec(ctx, `CREATE DATABASE `+name+` TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`+place); err != nil {
		return "", fmt.Errorf("create database: %w", err)
	}
	return inDatabase(c.URL, name), nil
}

// Socket is where the server listens.
func (c *Cluster) Socket() string { return filepath.Join(c.dir, ".s.PGSQL.5432") }

// Give makes folder one of the user that the server runs as.
func (c *Cluster) Give(folder string) error {
	owner, err := serverUser()
	if err != nil || owner == nil {
		return err
	}
	return os.Chown(folder, int(owner.Uid), int(owner.Gid))
}
