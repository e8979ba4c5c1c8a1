package program

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

func TestSignInLinkForWhenMailIsBroken(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	conn, env := dbtest.Connect(t, d.Super), environment(t, d)
	_, err := conn.Exec(context.Background(), `insert into users (id, email, name, email_verified_at, terms_version, terms_accepted_at)
		values (gen_random_uuid(), 'dana@example.com', 'Dana', now(), '1', now())`)
	if err != nil {
		t.Fatal(err)
	}
	if out, ok := Run(t, t.TempDir(), env, "admin", "signin-link", "nobody@example.com"); ok || !strings.Contains(out, "no account has the address") {
		t.Errorf("an unknown address: exit 0 %v:\n%s", ok, out)
	}
	out, ok := Run(t, t.TempDir(), env, "admin", "signin-link", "Dana@Example.com")
	if !ok || !strings.Contains(out, "http://127.0.0.1:8080/signin/link?token=") {
		t.Errorf("exit 0 %v:\n%s", ok, out)
	}
	var noted int
	if err := conn.QueryRow(context.Background(), `select count(*) from account_events where action = 'account.link_by_operator'`).Scan(&noted); err != nil || noted != 1 {
		t.Errorf("noted %d times: %v", noted, err)
	}
}

func TestSigningSomebodyOut(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	conn, env := dbtest.Connect(t, d.Super), environment(t, d)
	_, err := conn.Exec(t.Context(), `
		with people as (
			insert into users (id, email, name, email_verified_at, terms_version, terms_accepted_at)
			select gen_random_uuid(), unnest(array['dana@example.com', 'nina@example.com']), 'Somebody', now(), '1', now()
			returning id
		)
		insert into sessions (id, user_id, user_agent, address, expires_at, methods, strong)
		select gen_random_uuid(), id, '', '', now() + interval '1 day', '{password}', false from people, generate_series(1, 2)`)
	if err != nil {
		t.Fatal(err)
	}
	if out, ok := Run(t, t.TempDir(), env, "admin", "signout", "nobody@example.com"); ok || !strings.Contains(out, "no account has the address") {
		t.Errorf("an unknown address: exit 0 %v:\n%s", ok, out)
	}
	if out, ok := Run(t, t.TempDir(), env, "admin", "signout", "Dana@Example.com"); !ok {
		t.Errorf("exit 0 %v:\n%s", ok, out)
	}
	var left, noted int
	err = conn.QueryRow(t.Context(), `select (select count(*) filter (where u.email = 'nina@example.com') - count(*) filter (where u.email <> 'nina@example.com')
		from sessions s join users u on u.id = s.user_id), (select count(*) from account_events where action = 'account.signed_out_by_operator')`).Scan(&left, &noted)
	if err != nil || left != 2 || noted != 1 {
		t.Errorf("%d sessions, noted %d times: %v", left, noted, err)
	}
}

func TestMailTest(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	dir := t.TempDir()
	if out, ok := Run(t, t.TempDir(), environment(t, d, "SMTP_URL=smtp://127.0.0.1:1"), "mail", "test", "dana@example.com"); ok || !strings.Contains(out, "did not take it") {
		t.Errorf("without a server: exit 0 %v:\n%s", ok, out)
	}
	if out, ok := Run(t, t.TempDir(), environment(t, d), "mail", "test", "dana"); ok || !strings.Contains(out, "name@example.com") {
		t.Errorf("no address: exit 0 %v:\n%s", ok, out)
	}
	out, ok := Run(t, t.TempDir(), environment(t, d, "MAIL_FOLDER="+dir), "mail", "test", "dana@example.com")
	if !ok || !strings.Contains(out, "took a mail") {
		t.Fatalf("exit 0 %v:\n%s", ok, out)
	}
	kept, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("%d mails: %v", len(kept), err)
	}
	if data, err := os.ReadFile(kept[0]); err != nil || !strings.Contains(string(data), "Mail works") {
		t.Errorf("the mail is %s: %v", data, err)
	}
}

// Whoever could sign with an empty secret could say anything: neither process begins with one.
func TestAnEmptySigningSecretStopsTheStart(t *testing.T) {
	t.Parallel()
	env := environment(t, dbtest.New(t))
	for _, secrets := range []string{"", "whsec_webtestwebtest,", "secret"} {
		for _, command := range []string{"web", "worker"} {
			out, ok := Run(t, t.TempDir(), append(slices.Clone(env), "STRIPE_WEBHOOK_SECRETS="+secrets), command)
			if ok || !strings.Contains(out, "STRIPE_WEBHOOK_SECRETS") {
				t.Errorf("%s with %q: ended well %v, and said:\n%s", command, secrets, ok, out)
			}
		}
	}
}

func TestBillingSyncPrintsItsReport(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	site, st := webtest.StripeOn(t, d, time.Now())
	o := site.Org(t, site.Account(t, "Dana", "dana@example.com"), "acme", "Acme")
	if _, err := site.App.Billing.EnsureCustomer(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if err := site.App.Billing.StartTrial(t.Context(), o, "team"); err != nil {
		t.Fatal(err)
	}
	sync := func(says ...string) {
		t.Helper()
		out, ok := Run(t, t.TempDir(), append(environment(t, d), "STRIPE_API_URL="+st.URL), "billing", "sync")
		for _, text := range says {
			if !ok || !strings.Contains(out, text) {
				t.Errorf("exit 0 %v, without %q:\n%s", ok, text, out)
			}
		}
	}
	sync("Subscriptions compared: 1.", "Every row is what Stripe says")
	if _, err := dbtest.At(t, d.Super).Exec(t.Context(), `update subscriptions set status = 'paused', access_status = 'paused'`); err != nil {
		t.Fatal(err)
	}
	sync("status paused instead of trialing", "Subscriptions compared: 1.", "not what Stripe says, and are now: 1.")
}
