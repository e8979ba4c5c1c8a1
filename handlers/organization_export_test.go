package handlers_test

import (
	"encoding/csv"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

const orgExport = "/orgs/acme/settings/export"

// exported lets dana ask for a copy of acme and have it made, and returns its files.
func exported(t *testing.T, s *webtest.Site, b *webtest.Browser) map[string]string {
	t.Helper()
	b.Get("/orgs/acme/settings/export").Want(200).Submit("/orgs/acme/settings/export").Want(200).At(orgExport).Says("It is being prepared")
	s.Settle(t)
	return unzipped(t, b.Get(copyLink(t, b.Get(orgExport).Says("It is ready"), orgExport+"/")), "acme-")
}

// table reads a CSV file of a copy: a map for each row.
func table(t *testing.T, text string) []map[string]string {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(all) == 0 {
		t.Fatalf("%v in %q", err, text)
	}
	var out []map[string]string
	for _, row := range all[1:] {
		one := map[string]string{}
		for i, name := range all[0] {
			one[name] = row[i]
		}
		out = append(out, one)
	}
	return out
}

func TestACopyOfAnOrganization(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	otto := a.Org(t, a.Account(t, "Otto Owner", "otto@other.example"), "other", "Other")
	wrote(t, a.Site, otto, "OTH", "of-otto")
	wrote(t, a.Site, a.owner, "WEB", "of-dana")
	wrote(t, a.Site, a.member, "HID", "hidden-from-dana")
	a.exec(t, `update projects set visibility = 'members' where key = 'HID'`)
	a.exec(t, `update tickets set title = '=HYPERLINK("http://evil.example","+1")' where number = 1 and body = 'of-dana'`)
	a.exec(t, `update tickets set deleted_at = now() where number = 3 and body = 'of-dana'`)
	a.exec(t, `update memberships set left_at = now() where role = 'guest'`)
	a.exec(t, `insert into invoices (tenant_id, id, stripe_invoice_id, stripe_customer_id, number, status, currency, total, amount_due, amount_paid, issued_at)
		select id, gen_random_uuid(), 'in_1', 'cus_1', 'ACME-0001', 'paid', 'eur', 1200, 1200, 1200, now() from tenants where slug = 'acme'`)
	a.exec(t, `insert into billing_settings (tenant_id, email) select id, 'accounts@acme.example' from tenants where slug = 'acme'`)
	a.exec(t, `insert into usage_hours (tenant_id, meter, hour, quantity, measured, note)
		select id, 'storage', date_trunc('hour', now()) - n * interval '1 hour', n, 51000000000, 'a trial' from tenants, generate_series(1, 5) n where slug = 'acme'`)
	a.exec(t, `insert into subscriptions (tenant_id, id, stripe_subscription_id, stripe_customer_id, status, access_status, livemode,
			pending_plan, pending_at, discount_name, discount_percent, card_brand, card_last4, card_expires)
		select id, gen_random_uuid(), 'sub_1', 'cus_1', 'active', 'active', false, 'team', now(), 'Spring offer', 20, 'visa', '4242', '2034-12-31'
		from tenants where slug = 'acme'`)
	a.Worker.Privacy.PageSize = 2
	b := a.SignIn(t, dana)
	b.Get("/orgs/acme/settings").Want(200).Submit("/orgs/acme/settings", "name", "Acme Works").Want(200)
	files := exported(t, a.Site, b)
	for file, words := range map[string][]string{
		"organization.json": {"Acme Works", `"acme"`}, "people.json": {dana, "Jun Park", "Lukas Brandt"}, "projects.csv": {"Project WEB", "Project HID"},
		"tickets.json": {"of-dana", "hidden-from-dana", "Jun Park"}, "comments.json": {"A comment"}, "activity.json": {"organization.changed", "organization.export_asked", "192.0.2.1"},
		"invoices.csv": {"ACME-0001", "1200"}, "activity.csv": {"organization.created"},
		"billing.json": {"accounts@acme.example"}, "subscriptions.csv": {"team", "Spring offer", "visa", "4242", "2034-12-31"}, "usage.csv": {"51000000000", "a trial"},
	} {
		for _, word := range words {
			if !strings.Contains(files[file], word) {
				t.Errorf("%s does not say %q: %s", file, word, files[file])
			}
		}
	}
	if rows := table(t, files["tickets.csv"]); len(rows) != 5 {
		t.Errorf("%d of 5 tickets in the table", len(rows))
	} else if !strings.HasPrefix(rows[0]["title"], `'=HYPERLINK(`) || rows[0]["project"] != "WEB" || rows[0]["author"] != "Dana Whitfield" || rows[0]["closed_at"] != "" {
		t.Errorf("a row of the table: %v", rows[0])
	}
	if rows := table(t, files["usage.csv"]); len(rows) != 5 {
		t.Errorf("%d of 5 hours in the table", len(rows))
	}
	for name, text := range files {
		if strings.HasSuffix(name, ".json") && !json.Valid([]byte(text)) {
			t.Errorf("%s is no JSON: %s", name, text)
		}
		for _, foreign := range []string{"of-otto", "otto@", "lukas@example.com", "$argon2", "salt"} {
			if strings.Contains(text, foreign) {
				t.Errorf("%s says %q", name, foreign)
			}
		}
	}
	if a.mailsAbout(t, dana, "The copy of Acme Works is ready") != 1 {
		t.Error("no mail says that the copy is ready")
	}
	b.Get("/orgs/acme/audit").Says("asked for a copy of the organization", "fetched the copy of the organization")
}

func TestACopyOfAnEmptyOrganization(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Org(t, s.Account(t, "Dana", dana), "acme", "Acme")
	b := s.SignIn(t, dana)
	files := exported(t, s, b)
	if !strings.Contains(files["organization.json"], "Acme") || !strings.Contains(files["people.csv"], dana) || files["tickets.json"] != "" {
		t.Errorf("the copy has %v", files)
	}

	// The same form again, another window's, and one that cannot be read: still one.
	page, second := b.Get(orgExport), b.Get(orgExport)
	page.Submit(orgExport).Want(200)
	page.Submit(orgExport).Want(200)
	second.Submit(orgExport).Want(200)
	b.Post(orgExport, url.Values{"id": {"x"}}).Want(422)
	if n := rowsOf(t, s, `select count(*) from tenant_exports`); n != 2 {
		t.Errorf("%d copies, want the first and one more", n)
	}
	s.Settle(t)
	if n := rowsOf(t, s, `select count(*) from tenant_exports where state = 'ready' and expires_at > now()`); n != 1 {
		t.Errorf("%d copies can be fetched", n)
	}
	link := copyLink(t, b.Get(orgExport), orgExport+"/")
	alter(t, s, `update tenant_exports set expires_at = now() - interval '1 second'`)
	b.Get(link).Want(404)
	if err := s.Worker.Privacy.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := rowsOf(t, s, `select count(*) from tenant_exports`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	if err := s.Worker.Privacy.Files.Each(t.Context(), "", func(key string) error { t.Errorf("the file %s is left", key); return nil }); err != nil {
		t.Fatal(err)
	}
}

// Whoever asked, and whoever has the link: what counts is what they are when they fetch.
func TestTheCopyOfAnOrganizationIsForItsOwners(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Org(t, a.Account(t, "Mallory", "mallory@example.com"), "evil", "Evil")
	second := a.Join(t, a.owner, a.Account(t, "Olga", "olga@example.com"), scope.Owner)
	b, admin, olga, mallory := a.SignIn(t, dana), a.SignIn(t, "mira@example.com"), a.SignIn(t, "olga@example.com"), a.SignIn(t, "mallory@example.com")
	exported(t, a.Site, b)
	link := copyLink(t, b.Get(orgExport), orgExport+"/")
	olga.Get(link).Want(200)
	admin.Get(link).Want(403)
	admin.Get(orgExport).Want(403)
	admin.Post(orgExport, url.Values{"id": {uuid.NewString()}}).Want(403)
	mallory.Get(link).Want(404)
	mallory.Get("/orgs/evil/settings/export" + strings.TrimPrefix(link, orgExport)).Want(404)
	a.Browser(t).Get(link).At("/signin")
	b.Get(orgExport + "/" + uuid.NewString()).Want(404)
	b.Get(orgExport + "/nothing").Want(404)

	a.exec(t, `update memberships set role = 'admin' where user_id = '`+second.Person.ID.String()+`'`)
	olga.Get(link).Want(403)
	a.exec(t, `update memberships set left_at = now() where user_id = '`+second.Person.ID.String()+`'`)
	olga.Get(link).Want(404)

	a.exec(t, `update sessions set proven_at = now() - interval '1 day'`)
	b.Get(link).At("/confirm")
	b.Get(orgExport).Want(200).Submit(orgExport).Want(403).Says("Confirm that it is you")

	// Demoted after asking: nothing more is read, and no mail goes out.
	a.exec(t, `update sessions set proven_at = now()`)
	b.Get(orgExport).Submit(orgExport).Want(200)
	a.exec(t, `update memberships set role = 'admin' where user_id = '`+a.owner.Person.ID.String()+`'`)
	a.Settle(t)
	if n := rowsOf(t, a.Site, `select count(*) from tenant_exports where state = 'failed'`); n != 1 {
		t.Errorf("%d copies were given up", n)
	}
	if n := rowsOf(t, a.Site, `select count(*) from events where action = 'organization.export_fetched'`); n != 2 {
		t.Errorf("%d of 2 fetches are noted", n)
	}
	if n := a.mailsAbout(t, dana, "is ready"); n != 1 {
		t.Errorf("%d mails say that a copy is ready", n)
	}
}

func TestTheCopyOfAnOrganizationInTurns(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	wrote(t, a.Site, a.owner, "WEB", "of-dana")
	a.Worker.Privacy.RunFor, a.Worker.Privacy.PageSize = 1, 1
	b := a.SignIn(t, dana)
	b.Get(orgExport).Submit(orgExport).Want(200)
	alter(t, a.Site, `delete from river.river_job where kind = 'export_organization'`)
	var id uuid.UUID
	if err := dbtest.At(t, a.Database.Super).QueryRow(t.Context(), `select id from tenant_exports`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	turns := 0
	for more := true; more; turns++ { // each begins where the one before ended, as after a crash
		var err error
		if more, err = a.Worker.Privacy.RunOrganization(t.Context(), a.owner.TenantID, id); err != nil {
			t.Fatal(err)
		}
	}
	files := unzipped(t, b.Get(copyLink(t, b.Get(orgExport).Says("It is ready"), orgExport+"/")), "acme-")
	if n := len(table(t, files["tickets.csv"])); n != 3 || turns < 20 {
		t.Errorf("%d of 3 tickets, in %d turns", n, turns)
	}
	// One whose job was lost does not stand in the way for ever.
	b.Get(orgExport).Submit(orgExport).Want(200)
	alter(t, a.Site, `delete from river.river_job`)
	alter(t, a.Site, `update tenant_exports set updated_at = now() - interval '2 hours' where state = 'running'`)
	b.Post(orgExport, url.Values{"id": {uuid.NewString()}}).Want(200).Says("It is being prepared")
	alter(t, a.Site, `update river.river_job set max_attempts = 1 where kind = 'export_organization'`)
	a.Worker.Privacy.RunFor, a.Worker.Privacy.Files = 0, brokenFiles(t)
	a.Settle(t)
	b.Get(orgExport).Says("could not be finished", "Try again")
}
