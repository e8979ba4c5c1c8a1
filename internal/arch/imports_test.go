package arch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// order is the one order of the modules: each imports only to its left, so no cycle is possible.
func order() []string {
	return strings.Fields("events flags mails users billing tenants auth files projects transfer notify webhooks privacy admin")
}

// layerOf says which layer a package belongs to; empty means that the house has no such room.
func layerOf(path string) string {
	parts := strings.Split(path, "/")
	if parts[0] != "internal" {
		switch {
		case path == "cmd/plinth" || strings.HasPrefix(path, "cmd/plinth/"):
			return "cmd"
		case path == "jobs/worker":
			return "worker"
		case slices.Contains([]string{"web", "handlers", "views", "static", "jobs", "sql", "test"}, parts[0]):
			return parts[0]
		}
		return ""
	}
	name := parts[1]
	switch {
	case isGeneratedDir(path):
		return "queries"
	case slices.Contains(order(), name):
		return "module"
	case slices.Contains(strings.Fields("scope fault config"), name):
		return "leaf"
	case slices.Contains(strings.Fields("db session secret mailer blob picture outbound telemetry limit live pulse cache"), name):
		return "adapter"
	case slices.Contains(strings.Fields("devpg stripesim"), name):
		return "local"
	case slices.Contains(strings.Fields("dbtest arch"), name):
		return "testing"
	}
	return ""
}

// mayImport says which layers each layer may import. What a layer is missing from, it must not know.
func mayImport() map[string][]string {
	return map[string][]string{
		"cmd":      {"cmd", "web", "handlers", "views", "static", "jobs", "worker", "module", "adapter", "leaf", "local", "sql"},
		"web":      {"web", "handlers", "module", "adapter", "leaf", "static", "views"},
		"handlers": {"handlers", "views", "module", "adapter", "leaf", "static", "local"},
		"views":    {"views", "static", "module", "adapter", "leaf", "local"},
		"worker":   {"jobs", "module", "views", "leaf"},
		"jobs":     {"adapter", "leaf"},
		"module":   {"jobs", "adapter", "leaf", "module", "queries"},
		"adapter":  {"adapter", "leaf", "sql", "queries"},
		"queries":  {},
		"leaf":     {},
		"static":   {},
		"sql":      {},
		"local":    {"local", "leaf", "adapter", "static"},
		"testing":  {"adapter", "local", "testing"},
		"test":     {"cmd", "web", "handlers", "views", "static", "jobs", "worker", "module", "adapter", "leaf", "local", "sql", "testing", "test"},
	}
}

// narrower says why a pair is refused that the layers alone would allow.
func narrower(from, to string) string {
	layer := layerOf(from)
	switch {
	case to == "internal/config" && layer != "cmd" && layer != "web" && layer != "test":
		return "configuration is handed on by cmd and web as values"
	case layer == "handlers" && layerOf(to) == "adapter" && !slices.Contains(forHandlers(), to):
		return "handlers call modules; of the adapters they know session, secret, telemetry, mailer and live alone"
	case layer == "views" && layerOf(to) == "adapter" && to != "internal/mailer":
		return "pages are made from values; of the adapters they know the mail that mailer sends"
	case (layer == "handlers" || layer == "views") && layerOf(to) == "local" && to != "internal/stripesim":
		return "of what stands in for the world they know the local Stripe alone, for its developer page"
	case layer == "web" && layerOf(to) == "views" && to != "views" && to != "views/ui":
		return "web shows pages, not mails"
	case layer == "worker" && layerOf(to) == "views" && to != "views/mail" && to != "views/ui":
		return "a job shows no pages"
	case layer == "views" && to == "views/mail":
		return "pages do not use mails"
	}
	return ""
}

// forHandlers are the adapters that speak of a request and not of data: who is signed in, sealed values in a form, the
// trace of the request, the stream it keeps open, and the mails that the developer's mailbox shows.
func forHandlers() []string {
	return []string{"internal/session", "internal/secret", "internal/telemetry", "internal/mailer", "internal/live"}
}

// importFaults is rule 1, with the folders of generated queries from rule 2.
func importFaults(pkgs []pkg) []string {
	allowed := mayImport()
	var faults []string
	for _, p := range pkgs {
		from := layerOf(p.path)
		if from == "" {
			faults = append(faults, fmt.Sprintf("rule 1: %s has no place in the house; see \"The house\" in docs/architecture.md", p.path))
			continue
		}
		for _, imported := range p.imports {
			to, ours := strings.CutPrefix(imported, module)
			if !ours || sameRoom(p.path, to) {
				continue
			}
			if layer := layerOf(to); !slices.Contains(allowed[from], layer) {
				faults = append(faults, fmt.Sprintf("rule 1: %s (%s) must not import %s (%s)", p.path, from, to, layer))
			} else if why := narrower(p.path, to); why != "" {
				faults = append(faults, fmt.Sprintf("rule 1: %s must not import %s: %s", p.path, to, why))
			}
		}
	}
	return faults
}

// sameRoom lets the packages below one folder of internal know each other, among them a module and its own queries.
func sameRoom(a, b string) bool {
	pa, pb := strings.Split(a, "/"), strings.Split(b, "/")
	return pa[0] == "internal" && len(pa) > 1 && len(pb) > 1 && pa[0] == pb[0] && pa[1] == pb[1]
}

// orderFaults is rule 2: modules import leftwards, and nobody imports another one's queries.
func orderFaults(pkgs []pkg) []string {
	var faults []string
	for _, p := range pkgs {
		for _, imported := range p.imports {
			to, ours := strings.CutPrefix(imported, module)
			if !ours || sameRoom(p.path, to) {
				continue
			}
			if isGeneratedDir(to) {
				faults = append(faults, fmt.Sprintf("rule 2: %s imports %s, which belongs to its own module alone; call the module", p.path, to))
				continue
			}
			a, b := rank(p.path), rank(to)
			if a >= 0 && b > a {
				faults = append(faults, fmt.Sprintf("rule 2: %s imports %s to its right; send an event or a job instead", p.path, to))
			}
		}
	}
	return faults
}

func rank(path string) int {
	parts := strings.Split(path, "/")
	if len(parts) < 2 || parts[0] != "internal" {
		return -1
	}
	return slices.Index(order(), parts[1])
}

func TestLayers(t *testing.T) {
	t.Parallel()
	none(t, importFaults(allPackages(t)))
}

func TestModulesImportLeftwards(t *testing.T) {
	t.Parallel()
	none(t, orderFaults(allPackages(t)))
}

func TestLayersArePlanted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, want string }{
		{"views", "internal/db", "views must not import internal/db: pages are made from values"},
		{"handlers", "internal/db", "handlers must not import internal/db: handlers call modules"},
		{"handlers", "jobs", "handlers (handlers) must not import jobs"},
		{"internal/projects", "handlers", "internal/projects (module) must not import handlers"},
		{"internal/projects", "views", "internal/projects (module) must not import views"},
		{"internal/scope", "internal/fault", "internal/scope (leaf) must not import internal/fault"},
		{"static", "internal/config", "static (static) must not import"},
		{"jobs", "internal/billing", "jobs (jobs) must not import internal/billing"},
		{"handlers", "internal/devpg", "they know the local Stripe alone"},
		{"jobs/worker", "views", "a job shows no pages"},
		{"jobs/worker", "handlers", "jobs/worker (worker) must not import handlers"},
		{"internal/db", "internal/users", "internal/db (adapter) must not import internal/users"},
		{"internal/users", "internal/config", "configuration is handed on"},
		{"cmd/plinth", "internal/dbtest", "cmd/plinth (cmd) must not import internal/dbtest"},
		{"internal/util", "internal/db", "internal/util has no place in the house"},
		{"web", "cmd/plinth", "web (web) must not import cmd/plinth"},
		{"web", "views/mail", "web shows pages, not mails"},
		{"views", "views/mail", "pages do not use mails"},
	} {
		caught(t, importFaults([]pkg{{path: c.from, imports: []string{"fmt", module + c.to}}}), c.want)
	}
}

func TestOrderIsPlanted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, want string }{
		{"internal/billing", "internal/tenants", "imports internal/tenants to its right"},
		{"internal/events", "internal/admin", "imports internal/admin to its right"},
		{"internal/tenants", "internal/users/usersdb", "belongs to its own module alone"},
		{"handlers", "internal/users/usersdb", "belongs to its own module alone"},
	} {
		caught(t, orderFaults([]pkg{{path: c.from, imports: []string{module + c.to}}}), c.want)
	}
	none(t, orderFaults([]pkg{
		{path: "internal/users", imports: []string{module + "internal/users/usersdb", module + "internal/events"}},
		{path: "internal/admin", imports: []string{module + "internal/events", module + "internal/privacy"}},
	}))
}
