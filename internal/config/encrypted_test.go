package config

import (
	"strings"
	"testing"
)

// In production a database over the internet is reached encrypted or not at all; on a network of one's own it is told of.
func TestDatabasesAreReachedEncrypted(t *testing.T) {
	t.Parallel()
	const fine, told, refused = "fine", "told", "refused"
	for _, c := range []struct{ url, more, want string }{
		{"postgres://a:b@127.0.0.1:5432/plinth", "", fine},
		{"postgres://a:b@localhost/plinth", "", fine},
		{"postgres://a:b@[::1]:5432/plinth", "", fine},
		{"postgres:///plinth?host=/run/postgresql", "", fine},
		{"host=/run/postgresql dbname=plinth", "", fine},
		{"postgres://a:b@%2Frun%2Fpostgresql/plinth", "", fine},
		{"postgres://a:b@postgres:5432/plinth", "", told},
		{"postgres://a:b@10.1.2.3/plinth", "", told},
		{"postgres://a:b@192.168.0.9/plinth?sslmode=disable", "", told},
		{"postgres://a:b@[fd00::1]/plinth", "", told},
		{"postgres://a:b@100.64.0.1/plinth", "", told},
		{"postgres://a:b@db.eu.internal/plinth?sslmode=prefer", "", told},
		{"postgres://a:b@postgres/plinth?sslmode=require", "", fine},
		{"host=postgres user=a password=b", "", told},
		{"postgres://a:b@db.example.com/plinth", "", refused},
		{"postgres://a:p@ss@db.example.com/plinth", "", refused},
		{"postgres://a:b@DB.Example.com.:5432/plinth?sslmode=prefer", "", refused},
		{"postgres://a:b@203.0.113.9/plinth?sslmode=disable", "", refused},
		{"postgres://a:b@[2001:db8::1]:5432/plinth", "", refused},
		{"postgres://a:b@127.0.0.1,db.example.com/plinth", "", refused},
		{"postgres://a:b@127.0.0.1/plinth?host=db.example.com", "", refused},
		{"host=db.example.com sslmode='allow'", "", refused},
		{"postgres:///plinth", "PGHOST=db.example.com", refused},
		{"postgres://a:b@db.example.com/plinth?sslmode=require", "", fine},
		{"postgres://a:b@db.example.com/plinth?sslmode=verify-full&sslrootcert=/x", "", fine},
		{"postgres://a:b@db.example.com/plinth", "PGSSLMODE=verify-ca", fine},
		{"postgres://a:b@db.example.com/plinth?sslmode=disable", "PGSSLMODE=require", refused},
	} {
		for _, name := range []string{"DATABASE_URL", "DATABASE_WORKER_URL", "DATABASE_ADMIN_URL", "DATABASE_MIGRATE_URL", "DATABASE_DIRECT_URL", "AUDIT_DATABASE_URL"} {
			conf := &Config{Env: Production, Database: databaseWith(name, Secret(c.url))}
			vars, faults := map[string]string{}, 0
			if key, value, ok := strings.Cut(c.more, "="); ok {
				vars[key] = value
			}
			conf.checkEncrypted(vars, func(format string, args ...any) {
				if args[0] != name {
					t.Errorf("%s: the fault names %v", name, args[0])
				}
				faults++
			})
			got := fine
			if len(conf.Warnings()) > 0 {
				got = told
				if w := conf.Warnings()[0]; !strings.HasPrefix(w, name+" ") || strings.Contains(w, "b@") {
					t.Errorf("%s: the warning is %q", name, w)
				}
			}
			if faults > 0 {
				got = refused
			}
			if got != c.want {
				t.Errorf("%s=%s %s: %s, want %s", name, c.url, c.more, got, c.want)
			}
			conf.Env, conf.warnings = Development, nil
			if conf.checkEncrypted(vars, func(string, ...any) { t.Error("development is refused") }); len(conf.Warnings()) > 0 {
				t.Errorf("development is told %q", conf.Warnings())
			}
		}
	}
}

func databaseWith(name string, url Secret) Database {
	var d Database
	*map[string]*Secret{
		"DATABASE_URL": &d.AppURL, "DATABASE_WORKER_URL": &d.WorkerURL, "DATABASE_ADMIN_URL": &d.AdminURL, "DATABASE_MIGRATE_URL": &d.MigrateURL,
		"DATABASE_DIRECT_URL": &d.DirectURL, "AUDIT_DATABASE_URL": &d.AuditURL,
	}[name] = url
	return d
}
