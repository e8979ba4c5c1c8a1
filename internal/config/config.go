// Package config turns the environment into one typed struct. Everything is read and checked once, at start, and every
// fault is named at once.
package config

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// The values of APP_ENV.
const (
	Development = "development"
	Test        = "test"
	Staging     = "staging"
	Production  = "production"
)

// Config is all that Plinth reads from the environment. The tags name the variables and their defaults.
type Config struct {
	Env string `env:"APP_ENV" envDefault:"production"`
	URL string `env:"APP_URL" envDefault:"http://127.0.0.1:8080"`
	// OfficeURL is where the back-office is, when it has a host of its own; empty is below URL.
	OfficeURL string `env:"ADMIN_URL"`
	Addr      string `env:"ADDR" envDefault:"127.0.0.1:8080"`
	LogLevel  string `env:"LOG_LEVEL" envDefault:"info"`

	// SecretKeys is a list, newest first, each 32 bytes in base64. The first seals, all open.
	SecretKeys Secret `env:"SECRET_KEYS"`

	Database
	Mail
	Stripe
	OIDC

	// TrustedProxies are the networks whose X-Forwarded-For and X-Forwarded-Proto are believed.
	TrustedProxies []string `env:"TRUSTED_PROXIES" envSeparator:","`
	// BlobURL is where files are kept: a folder that web and worker share, as file:///var/lib/plinth/files, or a bucket,
	// as s3://key:secret@bucket?region=eu-central-1&endpoint=https://s3.example.
	BlobURL Secret `env:"BLOB_URL" envDefault:"file:///var/lib/plinth/files"`
	// FileMaxMB is how large one file may be that is attached to a ticket, in megabytes.
	FileMaxMB int64 `env:"FILE_MAX_MB" envDefault:"25"`
	// DrainFor is how long a stopping server goes on serving after it said it is not ready.
	DrainFor time.Duration `env:"DRAIN_FOR" envDefault:"3s"`
	// RescueAfter is when a job whose worker died is taken up again; a job is ended 5 s before.
	RescueAfter time.Duration `env:"JOBS_RESCUE_AFTER" envDefault:"35s"`
	// MailFolder is where development mail is kept; set by plinth dev only.
	MailFolder string `env:"MAIL_FOLDER"`

	warnings []string
}

// Database holds one URL for each role. All but the first may be left out where a process does not need them.
type Database struct {
	AppURL     Secret `env:"DATABASE_URL"`         // plinth_app: web
	WorkerURL  Secret `env:"DATABASE_WORKER_URL"`  // plinth_worker: jobs
	AdminURL   Secret `env:"DATABASE_ADMIN_URL"`   // plinth_admin: back-office
	MigrateURL Secret `env:"DATABASE_MIGRATE_URL"` // plinth_owner: migrations
	DirectURL  Secret `env:"DATABASE_DIRECT_URL"`  // past a pooler, for LISTEN: of the worker, and of web for live pages
	AuditURL   Secret `env:"AUDIT_DATABASE_URL"`   // where copies of the audit log's seals go; empty is schema audit of the same database
	// ExecMode is how pgx sends statements: cache_statement, cache_describe, describe_exec or exec. Behind PgBouncer
	// in transaction mode cache_describe or exec are right.
	ExecMode string `env:"DATABASE_EXEC_MODE" envDefault:"cache_statement"`
	MaxConns int32  `env:"DATABASE_MAX_CONNS" envDefault:"20"` // connections a pool may open
}

// Mail says how mails leave.
type Mail struct {
	SMTPURL Secret `env:"SMTP_URL"` // smtp://user:password@host:587 or smtps://…:465; empty only with MAIL_FOLDER
	// ReportSecrets verify what the mail provider tells of bounces and complaints, newest first; whsec_… each.
	ReportSecrets []Secret `env:"MAIL_REPORT_SECRETS" envSeparator:","`
	From          string   `env:"MAIL_FROM" envDefault:"Plinth <plinth@localhost.example>"`
}

// Stripe says which account is charged.
type Stripe struct {
	SecretKey      Secret   `env:"STRIPE_SECRET_KEY"`
	WebhookSecrets []Secret `env:"STRIPE_WEBHOOK_SECRETS" envSeparator:","` // newest first
	APIURL         string   `env:"STRIPE_API_URL"`                          // empty is Stripe itself
	PlansFile      string   `env:"PLANS_FILE"`                              // empty is the embedded plans.yaml
}

// Load reads the variables given by environ (as os.Environ returns them) and checks them. The error names every fault.
func Load(environ []string) (*Config, error) {
	var c Config
	vars := env.ToMap(environ)
	var faults []error
	if err := env.ParseWithOptions(&c, env.Options{Environment: vars}); err != nil {
		faults = append(faults, parseFaults(err)...)
	}
	faults = append(faults, c.check(vars)...)
	if len(faults) > 0 {
		return nil, fmt.Errorf("configuration: %d to mend:\n%w", len(faults), errors.Join(faults...))
	}
	return &c, nil
}

func parseFaults(err error) []error {
	var all env.AggregateError
	if errors.As(err, &all) {
		return all.Errors
	}
	return []error{err}
}

func (c *Config) check(vars map[string]string) []error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf("  "+format, args...)) }
	switch c.Env {
	case Development, Test, Staging, Production:
	default:
		bad("APP_ENV is %q: say development, test, staging or production", c.Env)
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" {
		bad("APP_URL is %q: say a scheme and a host, as https://app.example.com", c.URL)
	} else if c.Env == Production && u.Scheme != "https" && !Loopback(u.Hostname()) {
		bad("APP_URL is %q: production is served over https", c.URL)
	}
	c.URL = strings.TrimRight(c.URL, "/")
	c.checkOffice(bad)
	c.checkSecrets(bad)
	c.checkEncrypted(vars, bad)
	c.checkStripe(bad)
	c.readOIDC(vars, bad)
	for _, p := range c.TrustedProxies {
		if _, err := netip.ParsePrefix(strings.TrimSpace(p)); err != nil {
			bad("TRUSTED_PROXIES has %q: say networks, as 10.0.0.0/8", p)
		}
	}
	c.checkBlob(bad)
	if c.FileMaxMB < 1 || c.FileMaxMB > 1000 {
		bad("FILE_MAX_MB is %d: say 1 to 1000", c.FileMaxMB)
	}
	switch c.ExecMode {
	case "cache_statement", "cache_describe", "describe_exec", "exec":
	default:
		bad("DATABASE_EXEC_MODE is %q: say cache_statement, cache_describe, describe_exec or exec", c.ExecMode)
	}
	if c.RescueAfter < 6*time.Second {
		bad("JOBS_RESCUE_AFTER is %s: say at least 6s, since a job is ended 5s before", c.RescueAfter)
	}
	switch strings.ToLower(c.LogLevel) {
	case "debug", "info", "warn", "error":
	default:
		bad("LOG_LEVEL is %q: say debug, info, warn or error", c.LogLevel)
	}
	return faults
}

// checkOffice asks of the back-office's own host what is asked of the site's.
func (c *Config) checkOffice(bad func(string, ...any)) {
	if c.OfficeURL == "" {
		return
	}
	u, err := url.Parse(c.OfficeURL)
	site, _ := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "":
		bad("ADMIN_URL is %q: say a scheme and a host, as https://admin.example.com", c.OfficeURL)
	case site != nil && strings.EqualFold(u.Host, site.Host):
		bad("ADMIN_URL is %q, the host of APP_URL: leave it out, or say another host", c.OfficeURL)
	case site != nil && u.Scheme != site.Scheme:
		bad("ADMIN_URL is %q, and APP_URL %q: both are served over https, or neither", c.OfficeURL, c.URL)
	}
	c.OfficeURL = strings.TrimRight(c.OfficeURL, "/")
}

func (c *Config) checkSecrets(bad func(string, ...any)) {
	if c.SecretKeys == "" {
		bad("SECRET_KEYS is missing: make one with  openssl rand -base64 32")
	} else if _, err := c.Keys(); err != nil {
		bad("SECRET_KEYS: %v", err)
	}
	if c.AppURL == "" {
		bad("DATABASE_URL is missing: postgres://plinth_app:…@host/plinth")
	}
	if c.SMTPURL == "" && c.MailFolder == "" {
		bad("SMTP_URL is missing: smtp://user:password@host:587")
	}
	if c.MailFolder != "" && c.Env == Production {
		bad("MAIL_FOLDER is for development: mail would never be sent")
	}
	// net/mail takes a line break between the words of a name, and a header must not have one.
	if _, err := mail.ParseAddress(c.From); err != nil || strings.ContainsAny(c.From, "\r\n") {
		bad("MAIL_FROM is %q: say an address, as Plinth <plinth@example.com>", c.From)
	}
}

// checkBlob says nothing of what is wrong, because a key may stand in it.
func (c *Config) checkBlob(bad func(string, ...any)) {
	if dir, ok := strings.CutPrefix(string(c.BlobURL), "file://"); ok && strings.HasPrefix(dir, "/") {
		return // a folder is taken as it stands, with whatever its name has in it
	}
	u, err := url.Parse(string(c.BlobURL))
	switch {
	case err != nil || u.Scheme != "s3" || u.Host == "":
		bad("BLOB_URL names no place: say a folder, as file:///var/lib/plinth/files, or a bucket, as s3://bucket?region=eu-central-1")
	case u.Query().Has("endpoint"):
		e, err := url.Parse(u.Query().Get("endpoint"))
		if err != nil || e.Host == "" || e.User != nil || e.Scheme != "https" && e.Scheme != "http" {
			bad("BLOB_URL has an endpoint that is no address: say https://s3.example")
		} else if c.Env == Production && e.Scheme != "https" && !Loopback(e.Hostname()) {
			bad("BLOB_URL has an endpoint that is not asked over https, and files would travel there in the open")
		}
	}
}

func (c *Config) checkStripe(bad func(string, ...any)) {
	switch key := string(c.SecretKey); {
	case key == "":
		bad("STRIPE_SECRET_KEY is missing: sk_live_… or sk_test_…")
	case c.Env != Production && LiveKey(key):
		bad("STRIPE_SECRET_KEY is a live key, which charges real cards: with APP_ENV=%s use a test key, sk_test_…", c.Env)
	case !strings.HasPrefix(key, "sk_live_") && !strings.HasPrefix(key, "sk_test_"):
		bad("STRIPE_SECRET_KEY does not begin with sk_live_ or sk_test_")
	}
	if len(c.WebhookSecrets) == 0 {
		bad("STRIPE_WEBHOOK_SECRETS is missing: whsec_…, several separated by commas, newest first")
	}
	for i, s := range c.WebhookSecrets {
		// stripe-go accepts an empty secret, which would let anybody sign.
		if !strings.HasPrefix(string(s), "whsec_") || len(s) < len("whsec_")+8 {
			bad("STRIPE_WEBHOOK_SECRETS, number %d, is not a whsec_… secret", i+1)
		}
	}
	if c.APIURL != "" {
		if u, err := url.Parse(c.APIURL); err != nil || u.Host == "" {
			bad("STRIPE_API_URL is %q: say a URL", c.APIURL)
		} else if c.Env == Production && !stripeItself(u.Hostname()) {
			bad("STRIPE_API_URL is %q: production talks to Stripe itself", c.APIURL)
		}
	}
}

// LiveKey says whether a key of Stripe's charges real cards: a secret one, or a restricted one.
func LiveKey(key string) bool {
	return strings.HasPrefix(key, "sk_live_") || strings.HasPrefix(key, "rk_live_")
}

// Livemode says whether the Stripe key is a live one.
func (c *Config) Livemode() bool { return LiveKey(string(c.SecretKey)) }

// LocalStripe says whether payments are imitated: where they are, plans and trials may be made there unasked.
func (c *Config) LocalStripe() bool {
	u, err := url.Parse(c.APIURL)
	return err == nil && u.Host != "" && !stripeItself(u.Hostname())
}

func stripeItself(host string) bool {
	return host == "stripe.com" || strings.HasSuffix(host, ".stripe.com")
}

// Dev says whether developer pages may be shown.
func (c *Config) Dev() bool { return c.Env == Development || c.Env == Test }
