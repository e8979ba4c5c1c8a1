package main

import (
	"strings"
	"testing"

	"plinth/internal/config"
)

func TestSeedable(t *testing.T) {
	t.Parallel()
	all := config.Database{AppURL: "postgres://app", AdminURL: "postgres://admin", MigrateURL: "postgres://owner"}
	for _, c := range []struct {
		database config.Database
		want     []string // nothing: it may be seeded
	}{
		{all, nil},
		{config.Database{AppURL: "postgres://app", MigrateURL: "postgres://owner"}, []string{"DATABASE_ADMIN_URL is missing"}},
		{config.Database{AppURL: "postgres://app", AdminURL: "postgres://admin"}, []string{"DATABASE_MIGRATE_URL is missing"}},
		{config.Database{AppURL: "postgres://app"}, []string{"DATABASE_ADMIN_URL is missing", "DATABASE_MIGRATE_URL is missing"}},
	} {
		err := seedable(&config.Config{Database: c.database})
		if (err == nil) != (c.want == nil) {
			t.Errorf("%v: %v", c.want, err)
		}
		for _, want := range c.want {
			if err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%v does not say %q", err, want)
			}
		}
	}
}

func TestDemoIsNotForProduction(t *testing.T) {
	t.Parallel()
	for env, refused := range map[string]bool{config.Production: true, config.Staging: false, config.Development: false, config.Test: false} {
		if err := notProduction(env); (err != nil) != refused {
			t.Errorf("%s: %v", env, err)
		}
	}
}

func TestDevTakesNoLiveKey(t *testing.T) {
	t.Parallel()
	for key, refused := range map[string]bool{"": false, "sk_test_hunter2": false, "sk_live_hunter2": true, "rk_live_hunter2": true} {
		err := harmless(key)
		if (err != nil) != refused {
			t.Errorf("%q: %v", key, err)
		}
		if err != nil && (strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "live key")) {
			t.Errorf("%q: %v", key, err)
		}
	}
}
