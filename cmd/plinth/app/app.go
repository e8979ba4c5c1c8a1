// Package app puts the parts together, for the commands and for the tests that go through the router. It holds no
// logic.
package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"plinth/handlers"
	"plinth/internal/admin"
	"plinth/internal/auth"
	"plinth/internal/billing"
	"plinth/internal/blob"
	"plinth/internal/config"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/files"
	"plinth/internal/flags"
	"plinth/internal/limit"
	"plinth/internal/live"
	"plinth/internal/mailer"
	"plinth/internal/mails"
	"plinth/internal/notify"
	"plinth/internal/outbound"
	"plinth/internal/picture"
	"plinth/internal/privacy"
	"plinth/internal/projects"
	"plinth/internal/pulse"
	"plinth/internal/secret"
	"plinth/internal/session"
	"plinth/internal/stripesim"
	"plinth/internal/tenants"
	"plinth/internal/transfer"
	"plinth/internal/users"
	"plinth/internal/webhooks"
	"plinth/jobs"
	"plinth/jobs/worker"
	"plinth/web"
)

// App is the modules of one process, over its own pool.
type App struct {
	Config   *config.Config
	Log      *slog.Logger
	DB       *db.DB
	Keys     *secret.Keys
	Queue    *jobs.Queue
	Plans    *billing.Catalogue
	Auth     *auth.Auth
	Tenants  *tenants.Tenants
	Pictures *users.Pictures
	Files    *blob.Store
	Mails    *mails.Mails
	Flags    *flags.Flags // Run must run for it to hear what other processes change
	Admin    *admin.Admin
	Attached *files.Files
	Projects *projects.Projects
	Billing  *billing.Billing
	Audit    *events.Audit
	Metrics  *events.Metrics
	Privacy  *privacy.Privacy
	Notify   *notify.Notify
	Transfer *transfer.Transfer
	Events   *events.Dispatcher
	Webhooks *webhooks.Webhooks
	Pulse    *pulse.Pulse   // Run must run for anybody to hear of it
	Live     *live.Hub      // Run must run for streams to hear anything
	Folder   *mailer.Folder // development's mailbox; nil elsewhere
	Sim      *stripesim.Sim // the local Stripe; nil where there is a real one
}

// New makes the modules over d, which it does not close.
func New(c *config.Config, d *db.DB, log *slog.Logger) (*App, error) {
	a := &App{Config: c, Log: log, DB: d}
	masters, err := c.Keys()
	if err != nil {
		return nil, fmt.Errorf("read SECRET_KEYS: %w", err)
	}
	if a.Keys, err = secret.New(masters); err != nil {
		return nil, err
	}
	a.Flags = &flags.Flags{DB: d, URL: string(c.DirectURL), Log: log, Now: time.Now}
	if a.Queue, err = jobs.NewQueue(d.Pool(), log); err != nil {
		return nil, err
	}
	if a.Plans, err = billing.LoadCatalogue(c.PlansFile); err != nil {
		return nil, err
	}
	passkeys, err := auth.NewPasskeys(c.URL)
	if err != nil {
		return nil, err
	}
	a.Billing = a.newBilling()
	limits := &limit.Limiter{DB: d, Now: time.Now}
	a.Billing.Limits = limits
	store, err := blob.Open(string(c.BlobURL))
	if err != nil {
		return nil, err
	}
	a.Files = store
	pictures := picture.New(store)
	a.Pictures = &users.Pictures{DB: d, Queue: a.Queue, Limits: limits, Files: pictures}
	a.Tenants = &tenants.Tenants{DB: d, Queue: a.Queue, Plans: a.Plans, Limits: limits, Keys: a.Keys, Pictures: pictures, Billing: a.Billing, URL: c.URL}
	a.Attached = &files.Files{DB: d, Queue: a.Queue, Store: store, Pictures: pictures, Plans: a.Plans, Limits: limits, Keys: a.Keys, MaxBytes: c.FileMaxMB * 1_000_000}
	a.Projects = &projects.Projects{DB: d, Queue: a.Queue, Plans: a.Plans, Files: a.Attached, Log: log}
	a.Auth = &auth.Auth{
		DB: d, Tenants: a.Tenants, Queue: a.Queue, Keys: a.Keys, Limits: limits, Hasher: auth.NewHasher(runtime.GOMAXPROCS(0), auth.Recommended()), Passkeys: passkeys,
		Providers: providers(c), Flags: a.Flags,
		URL: c.URL, Log: log,
	}
	sender, err := a.mailer()
	if err != nil {
		return nil, err
	}
	a.Mails = &mails.Mails{DB: d, Mailer: sender, Queue: a.Queue, Domain: mailer.Domain(c.From)}
	a.Notify = &notify.Notify{DB: d, Queue: a.Queue, Projects: a.Projects, Keys: a.Keys, URL: c.URL, Now: time.Now, Log: log}
	a.Transfer = &transfer.Transfer{DB: d, Queue: a.Queue, Projects: a.Projects, Files: a.Attached, Store: store, Limits: limits, Flags: a.Flags, Log: log}
	a.Webhooks = &webhooks.Webhooks{DB: d, Queue: a.Queue, Keys: a.Keys, Client: outward(c), Limits: limits, URL: c.URL, Log: log}
	a.Pulse = pulse.New(d, log)
	a.Pulse.Version = Version
	a.Live = live.New(d, string(c.DirectURL), session.Idle, log)
	a.Events = &events.Dispatcher{DB: d, Queue: a.Queue, URL: string(c.DirectURL), Log: log, Consumers: []events.Consumer{notify.Consumer(), billing.SeatsConsumer(), webhooks.Consumer()}}
	a.Audit = &events.Audit{DB: d, Heads: d, Queue: a.Queue, Log: log}
	a.Metrics = &events.Metrics{DB: d, Queue: a.Queue}
	a.Privacy = &privacy.Privacy{DB: d, Queue: a.Queue, Files: store, Auth: a.Auth, Billing: a.Billing, Projects: a.Projects, URL: c.URL}
	a.Billing.Stored = a.Privacy.Stored
	a.Admin = &admin.Admin{DB: d, Plans: a.Plans, Queue: a.Queue, Office: jobs.NewOffice(a.Queue), Billing: a.Billing, Sender: a.Mails, Auth: a.Auth, Tenants: a.Tenants, Privacy: a.Privacy, Hooks: a.Webhooks, Flags: a.Flags}
	a.Admin.Program, err = program(c)
	return a, err
}

// outward posts to servers of organizations. Development reaches those that run on the same machine.
func outward(c *config.Config) *outbound.Client {
	if c.Dev() {
		return outbound.New(outbound.Options{Allow: outbound.Loopback, Plain: true})
	}
	return outbound.New(outbound.Options{})
}

func (a *App) mailer() (mailer.Mailer, error) {
	if a.Config.MailFolder != "" {
		a.Folder = &mailer.Folder{Dir: a.Config.MailFolder, From: a.Config.From}
		return a.Folder, nil
	}
	return mailer.NewSMTP(string(a.Config.SMTPURL), a.Config.From)
}

// Worker returns what works the queues.
func (a *App) Worker(o worker.Options) (*worker.Worker, error) {
	o.Observe = func(kind string, waited, took time.Duration, failed bool) {
		a.Pulse.Observe(pulse.Job, kind, took, failed)
		a.Pulse.Observe(pulse.Wait, kind, waited, false)
	}
	return worker.New(a.DB.Pool(), worker.Modules{Admin: a.Admin, Auth: a.Auth, Tenants: a.Tenants, Pictures: a.Pictures, Mails: a.Mails, Billing: a.Billing, Files: a.Attached, Projects: a.Projects, Audit: a.Audit, Metrics: a.Metrics, Privacy: a.Privacy, Notify: a.Notify, Transfer: a.Transfer, Leases: jobs.Leases{DB: a.DB}, Forget: a.Pulse.Purge, Events: a.Events, Webhooks: a.Webhooks}, o)
}

// Site is the shell with the handler of all routes.
type Site struct {
	Shell   *web.Shell
	Routes  []web.Route
	Handler http.Handler
}

// Web puts the handlers and the shell round the modules.
func (a *App) Web() (*Site, error) {
	secure := strings.HasPrefix(a.Config.URL, "https://") || config.Loopback(hostname(a.Config.URL))
	base := &handlers.Base{
		Sessions: session.New(a.DB, a.Keys, secure), Keys: a.Keys, Log: a.Log, Forms: handlers.NewDecoder(), Dev: a.Config.Dev(),
		Offers: a.Auth.Providers.Offers(), OfficeURL: a.Config.OfficeURL,
	}
	shell := &web.Shell{Base: base, DB: a.DB, Plans: a.Plans, URL: a.Config.URL, Ready: a.ready, Live: a.Live, Pulse: a.Pulse, Flags: a.Flags}
	if a.Config.OfficeURL != "" {
		shell.OfficeHost = host(a.Config.OfficeURL)
	}
	if a.Config.Env == config.Production {
		shell.Host = host(a.Config.URL)
	}
	for _, network := range a.Config.TrustedProxies {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(network))
		if err != nil {
			return nil, fmt.Errorf("TRUSTED_PROXIES: %w", err)
		}
		shell.Proxies = append(shell.Proxies, prefix)
	}
	h := a.handlers(base)
	shell.Meet, shell.MeetOffice = h.Auth.MeetPolicy, h.Auth.MeetOffice
	routes := web.Routes(h)
	handler, err := shell.Handler(routes)
	if err != nil {
		return nil, err
	}
	return &Site{Shell: shell, Routes: routes, Handler: handler}, nil
}

func (a *App) handlers(base *handlers.Base) web.Handlers {
	office := &handlers.Admin{Base: base, URL: a.Config.URL, Admin: a.Admin, Environment: a.Config.Env, Stripe: dashboard(a.Config)}
	base.Office = office.Frame
	attachments := &handlers.Attachments{Base: base, Projects: a.Projects, Files: a.Attached, URL: a.Config.URL}
	return web.Handlers{
		Pages:         &handlers.Pages{Base: base, Plans: a.Plans},
		Auth:          &handlers.Auth{Base: base, Auth: a.Auth},
		Account:       &handlers.Account{Base: base, Auth: a.Auth, Pictures: a.Pictures},
		Pictures:      &handlers.Pictures{Base: base, Pictures: a.Pictures, Tenants: a.Tenants},
		Security:      &handlers.Security{Base: base, Auth: a.Auth},
		Privacy:       &handlers.Privacy{Base: base, Privacy: a.Privacy},
		Organizations: &handlers.Organizations{Base: base, Tenants: a.Tenants},
		OrgExports:    &handlers.OrganizationExports{Base: base, Privacy: a.Privacy},
		Deletions:     &handlers.Deletions{Base: base, Tenants: a.Tenants, Billing: a.Billing, Privacy: a.Privacy},
		People:        &handlers.People{Base: base, Auth: a.Auth, Tenants: a.Tenants},
		Invitations:   &handlers.Invitations{Base: base, Auth: a.Auth},
		Joins:         &handlers.Joins{Base: base, Tenants: a.Tenants},
		Dashboards:    &handlers.Dashboards{Base: base, Projects: a.Projects, Plans: a.Plans, Tenants: a.Tenants},
		Projects:      &handlers.Projects{Base: base, Projects: a.Projects},
		Boards:        &handlers.Boards{Base: base, Projects: a.Projects},
		Statuses:      &handlers.Statuses{Base: base, Projects: a.Projects},
		Labels:        &handlers.Labels{Base: base, Projects: a.Projects},
		SavedViews:    &handlers.SavedViews{Base: base, Projects: a.Projects},
		Bulk:          &handlers.Bulk{Base: base, Projects: a.Projects},
		Tickets:       &handlers.Tickets{Base: base, Projects: a.Projects, Attachments: attachments},
		Attachments:   attachments,
		Search:        &handlers.Search{Base: base, Projects: a.Projects},
		Billing:       &handlers.Billing{Base: base, Billing: a.Billing},
		StripeWebhook: &handlers.StripeWebhook{Billing: a.Billing},
		MailReports:   &handlers.MailReports{Mails: a.Mails, Secrets: secrets(a.Config.ReportSecrets)},
		Dev:           &handlers.Dev{Base: base, Auth: a.Auth},
		DevMail:       &handlers.DevMail{Base: base, Folder: a.Folder},
		DevStripe:     &handlers.DevStripe{Base: base, Sim: a.Sim},
		Admin:         office,
		Audit:         &handlers.Audit{Base: base, Log: &events.Log{DB: a.DB}},
		Notifications: &handlers.Notifications{Base: base, Notify: a.Notify},
		Reports:       &handlers.Reports{Base: base, Notify: a.Notify},
		Exports:       &handlers.Exports{Base: base, Transfer: a.Transfer},
		Imports:       &handlers.Imports{Base: base, Transfer: a.Transfer},
		Endpoints:     &handlers.Endpoints{Base: base, Webhooks: a.Webhooks},
		Live:          &handlers.Live{Base: base, Hub: a.Live},
	}
}

// ready says whether the database answers, is migrated and has the job queue's tables.
func (a *App) ready(r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), db.ReadTimeout)
	defer cancel()
	if err := a.DB.Migrated(ctx); err != nil {
		return err
	}
	if err := a.Flags.Ready(ctx); err != nil {
		return err
	}
	_, err := a.Queue.Client().QueueList(ctx, river.NewQueueListParams().First(1))
	return err
}

func secrets(all []config.Secret) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = string(s)
	}
	return out
}

func host(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Host
}

func hostname(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
