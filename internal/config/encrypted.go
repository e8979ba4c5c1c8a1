package config

import (
	"net/netip"
	"net/url"
	"strings"
)

// Warnings are what is no fault, and should be known: a line each, naming the variable.
func (c *Config) Warnings() []string { return c.warnings }

// checkEncrypted looks at how production reaches its databases. What goes over the internet has to be encrypted; what
// stays on a network of one's own is told of, because nothing here can see who else is on it.
func (c *Config) checkEncrypted(vars map[string]string, bad func(string, ...any)) {
	if c.Env != Production {
		return
	}
	for _, d := range []struct {
		name string
		url  Secret
	}{
		{"DATABASE_URL", c.AppURL}, {"DATABASE_WORKER_URL", c.WorkerURL}, {"DATABASE_ADMIN_URL", c.AdminURL}, {"DATABASE_MIGRATE_URL", c.MigrateURL},
		{"DATABASE_DIRECT_URL", c.DirectURL}, {"AUDIT_DATABASE_URL", c.AuditURL},
	} {
		hosts, mode := databaseHosts(string(d.url), vars)
		if d.url == "" || mode == "require" || mode == "verify-ca" || mode == "verify-full" {
			continue
		}
		for _, host := range hosts {
			switch reach(host) {
			case overInternet:
				bad("%s leads to %s unencrypted: say sslmode=verify-full, or sslmode=require", d.name, host)
			case overNetwork:
				c.warnings = append(c.warnings, d.name+" leads to "+host+" unencrypted: sslmode=verify-full, unless nobody else is on that network")
			}
		}
	}
}

// How far a connection goes.
const (
	onMachine = iota
	overNetwork
	overInternet
)

// reach says how far away a host is, as far as its name tells.
func reach(host string) int {
	if host == "" || strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || Loopback(host) {
		return onMachine
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip = ip.Unmap(); ip.IsPrivate() || ip.IsLinkLocalUnicast() || netip.MustParsePrefix("100.64.0.0/10").Contains(ip) {
			return overNetwork
		}
		return overInternet
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if !strings.Contains(host, ".") {
		return overNetwork // as a container is called
	}
	for _, inside := range []string{".internal", ".local", ".lan", ".localdomain", ".home.arpa"} {
		if strings.HasSuffix(host, inside) {
			return overNetwork
		}
	}
	return overInternet
}

// databaseHosts reads the hosts and the sslmode of a database's address, written as a URL or as pairs.
func databaseHosts(raw string, vars map[string]string) (hosts []string, mode string) {
	host, mode := vars["PGHOST"], vars["PGSSLMODE"]
	pairs := url.Values{}
	if _, rest, ok := strings.Cut(raw, "://"); ok {
		rest, query, _ := strings.Cut(rest, "?")
		rest, _, _ = strings.Cut(rest, "/")
		if at := strings.LastIndex(rest, "@"); at >= 0 {
			rest = rest[at+1:]
		}
		if rest != "" {
			host = rest
		}
		pairs, _ = url.ParseQuery(query)
	} else {
		for _, pair := range strings.Fields(raw) {
			name, value, _ := strings.Cut(pair, "=")
			pairs.Set(name, strings.Trim(value, "'"))
		}
	}
	if pairs.Get("host") != "" {
		host = pairs.Get("host")
	}
	if pairs.Get("sslmode") != "" {
		mode = pairs.Get("sslmode")
	}
	for _, one := range strings.Split(host, ",") {
		if one, err := url.PathUnescape(one); err == nil {
			hosts = append(hosts, withoutPort(one))
		}
	}
	return hosts, mode
}

func withoutPort(host string) string {
	if inside, _, ok := strings.Cut(strings.TrimPrefix(host, "["), "]"); ok {
		return inside
	}
	if name, _, ok := strings.Cut(host, ":"); ok && strings.Count(host, ":") == 1 {
		return name
	}
	return host
}
