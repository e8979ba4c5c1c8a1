package billing_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/config"
	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/internal/stripesim"
	"plinth/test/fault"
	"plinth/test/webtest"
)

const (
	newSecret = "whsec_new"
	ada       = "ada@example.com" // the owner
)

// world is a product with one organization, and a Stripe whose answers a case dictates. Jobs are worked in process, so
// that hours and days are the clock's alone.
type world struct {
	t     *testing.T
	c     caseSpec
	file  caseFile
	site  *webtest.Site
	st    *webtest.Stripe
	s     scope.Scope
	super *pgx.Conn

	proxy     *fault.Proxy // to Postgres, where the case takes it away
	invited   []guest
	drift     int // rows that the last sync reported to differ
	looked    int // subscriptions that it compared
	failing   int // 5xx answers of pages that have nothing to do with billing
	customers int // at Stripe in the beginning
	mu        sync.Mutex
	statuses  []int
	took      []time.Duration
	failNext  bool // the next job loses its context once it has asked the API
}

func newWorld(t *testing.T, file caseFile, c caseSpec) *world {
	t.Helper()
	w := &world{t: t, c: c, file: file}
	d := dbtest.New(t)
	if slices.ContainsFunc(c.Deliver, func(d deliverSpec) bool { return d.Fault == "db_down" }) {
		w.proxy, d.App = fault.NewProxy(t, d.App)
	}
	site, st := webtest.StripeOn(t, d, zero(), func(c *config.Config) {
		c.SecretKey, c.WebhookSecrets, c.PlansFile = "sk_live_1", []config.Secret{newSecret}, "testdata/plans.yaml"
	})
	w.site, w.st, w.super = site, st, dbtest.Connect(t, d.Super)
	w.s = site.Org(t, site.Account(t, "Ada", ada), "acme", "Acme")
	w.put(object{"object": "customer", "id": "cus_A", "email": "ada@example.com", "name": "A"})
	w.put(object{"object": "customer", "id": "cus_ZZZ", "email": "z@example.com", "name": "Z"})
	w.put(object{"object": "product", "id": "prod_1", "name": "Plan"})
	for id, amount := range map[string]int{"price_pro_m": 4900, "price_team_m": 9900, "price_metered": 1} {
		usage := "licensed"
		if id == "price_metered" {
			usage = "metered"
		}
		w.put(object{"object": "price", "id": id, "product": "prod_1", "unit_amount": amount, "currency": "usd", "active": true,
			"recurring": object{"interval": "month", "interval_count": 1, "usage_type": usage}})
	}
	if c.Given.MappingAt == nil {
		w.mapCustomer()
	}
	if c.Given.Row != nil {
		w.insertRow(c.Given.Row)
	}
	w.invite(c.Given.Invitations)
	for i := 1; i < c.Given.Members; i++ { // past the plan, which an invitation is not
		site.Join(t, w.s, site.Account(t, "M", fmt.Sprintf("m%d@example.com", i)), scope.Member)
	}
	w.plant(c.Given)
	w.customers = len(st.Sim.Customers(0))
	st.Skip()
	st.Forget()
	return w
}

func (w *world) ctx() context.Context { return context.Background() }

func (w *world) clock(at float64) {
	w.st.SetClock(zero().Add(time.Duration(at * float64(time.Second))))
}

func (w *world) put(o object) {
	w.t.Helper()
	data, err := json.Marshal(o)
	if err == nil {
		err = w.st.Sim.Put(data)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) mappingAt() (float64, bool) {
	var at *float64
	if w.c.Given.MappingAt == nil || json.Unmarshal(w.c.Given.MappingAt, &at) != nil || at == nil {
		return 0, false
	}
	return *at, true
}

func (w *world) mapCustomer() {
	b := w.site.App.Billing
	err := w.site.App.DB.InTenant(w.ctx(), w.s, func(ctx context.Context, tx db.Tx) error { return b.MapCustomerTx(ctx, tx, w.s, "cus_A") })
	if err != nil {
		w.t.Fatal(err)
	}
	w.work()
}

// insertRow puts a subscription there as if it had been applied before.
func (w *world) insertRow(change object) {
	w.t.Helper()
	row := maps.Clone(w.file.Row)
	maps.Copy(row, change)
	id := uuid.Must(uuid.NewV7())
	names, values, args := []string{"tenant_id", "id", "ticket", "applied"}, []string{"$1", "$2", "1", "1"}, []any{w.s.TenantID, id}
	for name, value := range row {
		args = append(args, value)
		place := fmt.Sprintf("$%d", len(args))
		if n, ok := value.(float64); ok && name != "quantity" {
			args[len(args)-1], place = time.Unix(int64(n), 0), place+"::timestamptz"
		}
		names, values = append(names, name), append(values, place)
	}
	sql := "insert into subscriptions (" + strings.Join(names, ", ") + ") values (" + strings.Join(values, ", ") + ")"
	w.exec(sql, args...)
	plan := strings.TrimSuffix(strings.TrimPrefix(row["stripe_price_id"].(string), "price_"), "_m")
	w.exec(`insert into subscription_changes (tenant_id, id, subscription_id, plan, stripe_price_id, quantity, monthly_amount, currency, at)
		values ($1, $2, $3, $4, $5, 1, 1, 'usd', $6)`, w.s.TenantID, uuid.Must(uuid.NewV7()), id, plan, row["stripe_price_id"], zero().AddDate(0, 0, -20))
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.super.Exec(w.ctx(), sql, args...); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
}

// answer makes the API say something from now on.
func (w *world) answer(a apiSpec) {
	path := "/v1/subscriptions"
	switch {
	case a.Sub != nil:
		w.put(w.subscription(a.Sub))
	case a.Fault == "answer_lost":
		w.st.Sim.InjectFault(stripesim.Fault{Method: a.On, Path: "/v1/subscription", Times: a.Times, AfterCarryingOut: true})
	case a.Changed > 0:
		w.st.Sim.ClearFaults()
		for i := range a.Changed {
			w.put(w.generated(i, "price_team_m"))
		}
	case a.Error != nil && a.Error.Timeout && w.c.Load != nil: // all of the API, until it answers again
		w.st.Sim.InjectFault(stripesim.Fault{Path: "/v1/"})
	case a.Error != nil && a.Error.Timeout:
		w.st.Sim.InjectFault(stripesim.Fault{Method: a.On, Path: path, Times: a.Times})
	case a.Error != nil:
		w.st.Sim.InjectFault(stripesim.Fault{Method: a.On, Path: path, Times: a.Times, Status: a.Error.Status, Code: a.Error.Code})
	}
}

// subscription turns a case's short form into Stripe's.
func (w *world) subscription(change object) object {
	sub := maps.Clone(w.file.Sub)
	maps.Copy(sub, change)
	items, _ := sub["items"].([]any)
	if items == nil {
		items = []any{object{"price": sub["price"], "quantity": sub["quantity"]}}
	}
	for _, item := range items {
		if o := item.(object); o["quantity"] == nil {
			delete(o, "quantity")
		}
	}
	delete(sub, "price")
	delete(sub, "quantity")
	delete(sub, "livemode")
	sub["object"], sub["items"], sub["currency"] = "subscription", object{"object": "list", "data": items}, "usd"
	return sub
}

// prepare lets the API know the invoice that an event speaks of.
func (w *world) prepare(d deliverSpec) {
	if secrets, ok := d.Env["STRIPE_WEBHOOK_SECRETS"]; ok {
		w.site.App.Billing.Secrets = strings.Split(secrets, ",")
	}
	w.failNext = w.failNext || d.Fault == "worker_error_once"
	if d.Fault == "db_down" {
		w.proxy.Cut()
	}
	id, _ := d.Obj["id"].(string)
	if d.Type == "charge.refunded" && w.c.ID != "" {
		w.charged(id, int(d.Obj["amount_refunded"].(float64)))
	}
	if !strings.HasPrefix(d.Type, "invoice.") || id == "" || w.st.Sim.Object("sub_1") == nil {
		return
	}
	in := object{"object": "invoice", "id": id, "customer": "cus_A", "subscription": "sub_1", "status": d.Obj["status"], "currency": "usd",
		"total": 14700, "amount_due": 14700, "created": d.Created, "attempt_count": d.Obj["attempt_count"]}
	w.put(in)
}

// reconnect finds the connections that died, as the pool does by itself after a second without use: no time passes here.
func (w *world) reconnect() {
	w.t.Helper()
	var err error
	for range 20 {
		if err = w.site.App.DB.Ping(w.t.Context()); err == nil {
			return
		}
	}
	w.t.Errorf("the database does not come back: %v", err)
}

func (w *world) send(d deliverSpec) {
	body, err := json.Marshal(object{"id": d.ID, "object": "event", "type": d.Type, "created": d.Created, "livemode": true,
		"api_version": "2023-10-16", "data": object{"object": d.Obj}})
	if err != nil {
		w.t.Error(err)
		return
	}
	if pad := d.Bytes - len(body); pad > 0 {
		body = append(body, strings.Repeat(" ", pad)...)
	}
	if d.Sig == nil {
		d.Sig = [][2]string{{"v1", newSecret}}
	}
	at := time.Now().Add(-time.Duration(d.SigAge) * time.Second)
	header := fmt.Sprintf("t=%d", at.Unix())
	for _, sig := range d.Sig {
		_, signature, _ := strings.Cut(webtest.Sign(body, sig[1], at), ",v1=")
		header += "," + sig[0] + "=" + signature
	}
	tail, err := hex.DecodeString(d.AppendHex)
	if err != nil {
		w.t.Error(err)
	}
	begun := time.Now()
	status := w.post(d, append(body, tail...), header)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.statuses, w.took = append(w.statuses, status), append(w.took, time.Since(begun))
}
