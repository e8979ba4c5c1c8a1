package main

import (
	"context"
	"fmt"
	"os"

	"plinth/internal/config"
	"plinth/internal/db"
)

type configCommand struct{}

// Run prints what is in force, and the role each pool really runs as.
func (configCommand) Run(ctx context.Context) error {
	c, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	if err := c.Print(os.Stdout); err != nil {
		return err
	}
	fmt.Println()
	for _, pool := range pools(c) {
		fmt.Printf("pool %-8s %s\n", pool.name, poolRole(ctx, pool))
	}
	return nil
}

type pool struct {
	name, role string
	url        config.Secret
}

func pools(c *config.Config) []pool {
	return []pool{{"web", db.RoleApp, c.AppURL}, {"worker", db.RoleWorker, c.WorkerURL}, {"admin", db.RoleAdmin, c.AdminURL}}
}

// poolRole says how a pool's connection stands.
func poolRole(ctx context.Context, p pool) string {
	if p.url == "" {
		return "not set"
	}
	d, err := db.Open(ctx, string(p.url), "", db.Options{MaxConns: 1})
	if err != nil {
		return err.Error()
	}
	defer d.Close()
	if err := d.Check(ctx, p.role); err != nil {
		return err.Error()
	}
	return p.role + ", held by row security"
}
