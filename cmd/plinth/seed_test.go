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
		env      string
		database config.Database
		want     []string // nothing: it may be seeded
	}{
		{config.Development, all, nil},
		{config.Test, all, nil},
		{config.Staging, all, nil},
		{config.Production, all, []string{"APP_ENV is production"}},
		{config.Production, config.Database{}, []string{"APP_ENV is production"}},
		{config.Staging, config.Database{AppURL: "postgres://app", MigrateURL: "postgres://owner"}, []string{"DATABASE_ADMIN_URL is missing"}},
		{config.Staging, config.Database{AppURL: "postgres://app"}, []string{"DATABASE_ADMIN_URL is missing", "DATABASE_MIGRATE_URL is missing"}},
	} {
		err := seedable(&config.Config{Env: c.env, Database: c.database})
		if (err == nil) != (c.want == nil) {
			t.Errorf("%s with %v: %v", c.env, c.database, err)
		}
		for _, want := range c.want {
			if err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v does not say %q", c.env, err, want)
			}
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
