package arch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// anywhere marks values and pure functions that every layer may use.
const anywhere = "*"

// homes says where an outside package may be used; the longest prefix counts. A package that is not listed has no
// home: using it is a decision, and this table is where it is taken.
func homes() map[string][]string {
	tests := []string{"test", "internal/arch", "internal/dbtest", "internal/devpg"}
	with := func(list ...string) []string { return append(list, tests...) }
	return map[string][]string{
		// of the standard library
		"net/http":     with("cmd", "web", "handlers", "views", "static", "internal/billing", "internal/auth", "internal/outbound", "internal/telemetry", "internal/session", "internal/stripesim"), // views: status codes alone
		"database/sql": {"internal/db"},                                                                                                                                                             // goose needs it
		"syscall":      with("cmd", "internal/outbound"),                                                                                                                                            // make check vets these for another system; cmd: names of signals and errors alone
		"os/exec":      with("cmd"),                                                                                                                                                                 // cmd: plinth doctor looks for programs

		// the database and the queue
		"github.com/jackc/pgx/v5":               with("internal/db", "jobs", "queries", "cmd"),
		"github.com/pressly/goose/v3":           {"internal/db"},
		"github.com/riverqueue/river":           with("cmd", "jobs", "internal/db"),
		"github.com/riverqueue/river/rivertype": with("cmd", "jobs", "internal/db"),

		// the outside world
		"gocloud.dev":                                              {"internal/blob"},
		"github.com/aws/aws-sdk-go-v2":                             {"internal/blob"},
		"golang.org/x/image":                                       {"internal/picture"},
		"github.com/stripe/stripe-go/v76":                          {"internal/billing", "internal/stripesim"},
		"github.com/wneessen/go-mail":                              {"internal/mailer"},
		"github.com/standard-webhooks/standard-webhooks/libraries": with("internal/webhooks", "handlers"), // of handlers: their tests

		// people and sessions
		"github.com/alexedwards/scs/v2":   {"internal/session"},
		"github.com/gorilla/sessions":     {"internal/session"},
		"github.com/gorilla/securecookie": {"internal/session"},
		"github.com/alexedwards/argon2id": {"internal/auth"},
		"github.com/boombuler/barcode":    {"views"},
		"github.com/coreos/go-oidc/v3":    {"internal/auth"},
		"github.com/go-webauthn/webauthn": {"internal/auth"},
		"github.com/mileusna/useragent":   {"internal/auth"},
		"github.com/pquerna/otp":          {"internal/auth"},
		"github.com/klauspost/compress":   {"web", "static"},
		"golang.org/x/crypto":             {"internal/auth", "internal/secret"},
		"golang.org/x/oauth2":             {"internal/auth"},

		// pages and forms
		"github.com/a-h/templ":             with("handlers", "views", "web", "jobs/worker"),
		"golang.org/x/text":                {"views", "internal/auth", "internal/tenants"},
		"github.com/go-playground/form/v4": {"handlers"},
		"github.com/standard-webhooks/standard-webhooks/libraries/go": with("handlers", "internal/webhooks"),
		"github.com/go-playground/validator/v10":                      {"handlers"},
		"github.com/yuin/goldmark":                                    {"views"},
		"github.com/signintech/gopdf":                                 {"views/pdf"},
		"golang.org/x/image/font":                                     {"views/pdf"},
		"github.com/aymanbagabas/go-udiff":                            {"internal/projects"},
		"github.com/microcosm-cc/bluemonday":                          {"views"},

		// the program
		"github.com/caarlos0/env/v11": {"internal/config"},
		"github.com/alecthomas/kong":  {"cmd"},
		"gopkg.in/yaml.v3":            {"internal/billing"},
		"golang.org/x/sync":           {anywhere},
		"golang.org/x/sys":            {"internal/devpg"},
		"github.com/google/uuid":      {anywhere},

		// tests
		"golang.org/x/net":         with("views/ui/uitest", "internal/outbound"), // of outbound: a server of names
		"github.com/google/go-cmp": with(),
		"github.com/chromedp":      with(),
	}
}

// homeFaults is rule 3.
func homeFaults(pkgs []pkg) []string {
	known := homes()
	var faults []string
	for _, p := range pkgs {
		for _, imported := range p.imports {
			if strings.HasPrefix(imported, module) {
				continue
			}
			key := homeKey(known, imported)
			switch {
			case key == "" && standard(imported):
			case key == "":
				faults = append(faults, fmt.Sprintf("rule 3: %s imports %s, which has no home; give it one in internal/arch", p.path, imported))
			case !livesIn(p.path, known[key]):
				faults = append(faults, fmt.Sprintf("rule 3: %s must not import %s; its home is %s", p.path, imported, strings.Join(known[key], ", ")))
			}
		}
	}
	return faults
}

// standard tells the packages of Go itself: their first word has no dot.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func homeKey(known map[string][]string, path string) string {
	best := ""
	for key := range known {
		if (path == key || strings.HasPrefix(path, key+"/")) && len(key) > len(best) {
			best = key
		}
	}
	// Parts of the standard library below a listed one are not it: net/http/httptest is, database/sql/driver is.
	return best
}

func livesIn(path string, list []string) bool {
	return slices.ContainsFunc(list, func(home string) bool {
		return home == anywhere || path == home || strings.HasPrefix(path, home+"/") || home == "queries" && isGeneratedDir(path)
	})
}

func TestOutsidePackagesStayAtHome(t *testing.T) {
	t.Parallel()
	none(t, homeFaults(allPackages(t)))
}

func TestHomesArePlanted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, imports, want string }{
		{"internal/projects", "net/http", "must not import net/http"},
		{"internal/tenants", "net/http/httptest", "must not import net/http/httptest"},
		{"internal/users", "github.com/jackc/pgx/v5", "must not import github.com/jackc/pgx/v5"},
		{"internal/users", "github.com/jackc/pgx/v5/pgxpool", "must not import github.com/jackc/pgx/v5/pgxpool"},
		{"handlers", "github.com/riverqueue/river", "its home is cmd, jobs"},
		{"internal/tenants", "github.com/stripe/stripe-go/v76/customer", "its home is internal/billing"},
		{"web", "github.com/alexedwards/scs/v2", "its home is internal/session"},
		{"internal/auth", "github.com/a-h/templ", "its home is handlers, views"},
		{"internal/admin", "database/sql", "its home is internal/db"},
		{"internal/files", "os/exec", "must not import os/exec"},
		{"internal/files", "github.com/nobody/anything", "has no home"},
	} {
		caught(t, homeFaults([]pkg{{path: c.path, imports: []string{"fmt", c.imports}}}), c.want)
	}
	none(t, homeFaults([]pkg{
		{path: "internal/users/usersdb", imports: []string{"github.com/jackc/pgx/v5"}},
		{path: "internal/projects", imports: []string{"github.com/google/uuid", "net/url", "encoding/json"}},
	}))
}
