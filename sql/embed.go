// Package sql carries the migrations inside the binary.
package sql

import "embed"

// Migrations are the goose files, under migrations/.
//
//go:embed migrations/*.sql
var Migrations embed.FS
