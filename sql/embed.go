// Package sql carries the migrations inside the binary.
package sql

import "embed"

// Migrations are the goose files, under migrations/.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// AuditStore is the SQL that makes the second place of the audit log in a database of its own.
//
//go:embed audit_store.sql
var AuditStore string
