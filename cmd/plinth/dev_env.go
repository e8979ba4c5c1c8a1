package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"plinth/cmd/plinth/demo"
	"plinth/internal/config"
	"plinth/internal/db"
	"plinth/internal/devpg"
	"plinth/internal/stripesim"
	"plinth/web"
)

// devEnv is the environment that `plinth dev` makes for itself.
type devEnv struct {
	vars      map[string]string
	stripeURL string
}

// devSecrets are made once for a folder and kept, so that sessions and sealed cookies outlive a restart.
type devSecrets struct {
	SecretKeys    string
	StripeKey     string
	WebhookSecret string
}

func newDevEnv(pg *devpg.Server, l devListeners) (*devEnv, error) {
	secrets, err := keepSecrets(filepath.Join(stateDir, "secrets.json"))
	if err != nil {
		return nil, err
	}
	mail, err := filepath.Abs(filepath.Join(stateDir, "mail"))
	if err != nil {
		return nil, fmt.Errorf("find the mail folder: %w", err)
	}
	addr, stripeURL := l.web.Addr().String(), "http://"+l.stripe.Addr().String()
	e := &devEnv{stripeURL: stripeURL, vars: map[string]string{
		"APP_ENV": config.Development, "APP_URL": devURL(addr), "ADDR": addr, "LOG_LEVEL": "warn", "DRAIN_FOR": "0s",
		"SECRET_KEYS":  secrets.SecretKeys,
		"DATABASE_URL": pg.URL("plinth", db.RoleApp), "DATABASE_WORKER_URL": pg.URL("plinth", db.RoleWorker),
		"DATABASE_ADMIN_URL": pg.URL("plinth", db.RoleAdmin), "DATABASE_MIGRATE_URL": pg.URL("plinth", db.RoleOwner),
		"MAIL_FOLDER":       mail,
		"BLOB_URL":          "file://" + filepath.Join(filepath.Dir(mail), "files"),
		"STRIPE_SECRET_KEY": secrets.StripeKey, "STRIPE_WEBHOOK_SECRETS": secrets.WebhookSecret, "STRIPE_API_URL": stripeURL,
	}}
	e.override()
	return e, e.write(filepath.Join(stateDir, "env"))
}

// devURL is the address people use. On this machine it has a name, because passkeys belong to names.
func devURL(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://" + addr
	}
	if ip, err := netip.ParseAddr(host); err == nil && (ip == netip.MustParseAddr("127.0.0.1") || ip.IsUnspecified()) {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// override lets the caller's environment win where it is meant to: a real Stripe test account, a real mail server,
// identity providers, logs.
func (e *devEnv) override() {
	for _, name := range []string{"LOG_LEVEL", "PLANS_FILE", "SMTP_URL", "MAIL_FROM"} {
		if v := os.Getenv(name); v != "" {
			e.vars[name] = v
		}
	}
	for _, line := range os.Environ() {
		if name, value, _ := strings.Cut(line, "="); strings.HasPrefix(name, "OIDC_") {
			e.vars[name] = value
		}
	}
	if os.Getenv("SMTP_URL") != "" {
		delete(e.vars, "MAIL_FOLDER")
	}
	if key := os.Getenv("STRIPE_SECRET_KEY"); key != "" {
		e.vars["STRIPE_SECRET_KEY"] = key
		e.vars["STRIPE_WEBHOOK_SECRETS"] = os.Getenv("STRIPE_WEBHOOK_SECRETS")
		delete(e.vars, "STRIPE_API_URL")
	}
}

func (e *devEnv) environ() []string {
	var out []string
	for name, value := range e.vars {
		out = append(out, name+"="+value)
	}
	slices.Sort(out)
	return out
}

// write keeps the environment as a file for a shell: set -a; . .plinth/env; set +a
func (e *devEnv) write(path string) error {
	var b strings.Builder
	for _, line := range e.environ() {
		name, value, _ := strings.Cut(line, "=")
		fmt.Fprintf(&b, "%s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// stripe makes the local Stripe, which keeps its state in the folder.
func (e *devEnv) stripe(c *config.Config, log *slog.Logger) (*stripesim.Sim, error) {
	return stripesim.New(stripesim.Config{
		AppEnv: c.Env, PublicURL: e.stripeURL, WebhookURL: "http://" + c.Addr + "/webhooks/stripe", WebhookSecret: string(c.WebhookSecrets[0]),
		StatePath: filepath.Join(stateDir, "stripe.json"), Logger: log,
	})
}

func (p devProcess) serveStripe(ctx context.Context) error {
	server := web.NewServer(p.sim.Handler(), p.log)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(p.listeners.stripe) }()
	err := p.sim.Run(ctx)
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	_ = server.Shutdown(closing)
	if serving := <-failed; !errors.Is(serving, http.ErrServerClosed) {
		return fmt.Errorf("serve the local Stripe: %w", serving)
	}
	return errors.Join(err, p.sim.Close())
}

// announce says where everything is.
func (e *devEnv) announce(c *config.Config, took time.Duration) {
	fmt.Printf(`
Plinth is running, after %.1f s.

  the product      %s
  mailbox          %s/dev/mail
  local Stripe     %s/dev/stripe
  back-office      %s/admin

`, took.Seconds(), c.URL, c.URL, c.URL, c.URL)
	demo.PrintLogins(os.Stdout)
	fmt.Println("\nCtrl-C stops all of it.")
}

func keepSecrets(path string) (devSecrets, error) {
	var s devSecrets
	data, err := os.ReadFile(path)
	if err == nil {
		if err := json.Unmarshal(data, &s); err != nil {
			return s, fmt.Errorf("read %s (make reset makes a new one): %w", path, err)
		}
		return s, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("read %s: %w", path, err)
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	s = devSecrets{
		SecretKeys: base64.StdEncoding.EncodeToString(key), StripeKey: "sk_test_" + rand.Text(), WebhookSecret: "whsec_" + rand.Text(),
	}
	if data, err = json.Marshal(s); err != nil {
		return s, fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return s, fmt.Errorf("write %s: %w", path, err)
	}
	return s, nil
}
