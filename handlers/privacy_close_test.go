package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"plinth/internal/auth"
	"plinth/internal/dbtest"
	"plinth/internal/privacy"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

// pass lets days go by for what is due in days.
func pass(s *webtest.Site, days int) {
	later := time.Now().AddDate(0, 0, days)
	s.App.Privacy.Now = func() time.Time { return later }
	s.Worker.Privacy.Now = s.App.Privacy.Now
}

// eraseDue does what the hourly job does, and all that follows.
func eraseDue(t *testing.T, s *webtest.Site) {
	t.Helper()
	if err := s.Worker.Privacy.EraseDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Settle(t)
}

// everywhere lists the tables, of the queue and of the copied seals too, in whose rows a word is.
func everywhere(t *testing.T, s *webtest.Site, word string) []string {
	t.Helper()
	conn := dbtest.Connect(t, s.Database.Super)
	rows, err := conn.Query(t.Context(), `
		select format('%I.%I', c.table_schema, c.table_name),
		    'row(' || string_agg(case when c.data_type = 'bytea' then format('encode(%I, ''escape'')', c.column_name) else format('%I', c.column_name) end, ', ') || ')::text'
		from information_schema.columns c
		join information_schema.tables t using (table_schema, table_name)
		where t.table_type = 'BASE TABLE' and c.table_schema in ('public', 'river', 'audit')
		group by 1
		order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Name, Row string }])
	if err != nil || len(tables) < 40 {
		t.Fatalf("%d tables: %v", len(tables), err)
	}
	var out []string
	for _, table := range tables {
		var n int
		query := fmt.Sprintf(`select count(*) from (select %s as r from %s) x where position(lower($1) in lower(x.r)) > 0`, table.Row, table.Name)
		if err := conn.QueryRow(t.Context(), query, word).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			out = append(out, fmt.Sprintf("%s (%d)", table.Name, n))
		}
	}
	return out
}

// traces makes the person leave something wherever a person can.
func traces(t *testing.T, s *webtest.Site, p scope.Person, b *webtest.Browser) {
	t.Helper()
	b.Get("/account/security").Submit("/account/security/totp").Want(200)
	for _, statement := range []string{
		`insert into passkeys (id, user_id, credential_id, credential, name) values (gen_random_uuid(), $1, 'x', '{}', 'Quillfeather''s phone')`,
		`insert into identities (id, user_id, provider, issuer, subject, email) values (gen_random_uuid(), $1, 'acme', 'https://id.example', 'quillfeather-7', 'zelda@quillfeather.example')`,
		`insert into recovery_codes (user_id, hash) values ($1, 'x')`,
	} {
		alter(t, s, statement, p.ID)
	}
	alter(t, s, `insert into mail_suppressions (address, reason) values ('zelda@quillfeather.example', 'bounced')`)
	key := b.Get("/account/security")
	key.Submit("/account/security/passkeys/" + strings.Split(strings.Split(key.Body, "/account/security/passkeys/")[1], `"`)[0] + "/remove")
	alter(t, s, `insert into passkeys (id, user_id, credential_id, credential, name) values (gen_random_uuid(), $1, 'y', '{}', 'Quillfeather''s other phone')`, p.ID)
	b.Get("/account").Submit("/account/email", "email", "zelda@new-quillfeather.example").Want(200)
	s.Browser(t).Get("/signup").Submit("/signup", "name", "Zelda Quillfeather", "email", p.Email, "password", "a-long-password-of-hers", "terms", "on").Want(200)
	s.Browser(t).Get("/forgot").Submit("/forgot", "email", p.Email)
	s.Browser(t).Post("/signin/link", map[string][]string{"email": {p.Email}})
	s.Settle(t)
	copied(t, s, b)
}

func TestAnAccountIsErased(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	const address = "zelda@quillfeather.example"
	zelda := s.Account(t, "Zelda Quillfeather", address)
	own := s.Org(t, zelda, "own", "Own")
	if err := s.App.Billing.StartTrial(t.Context(), own, "team"); err != nil {
		t.Fatal(err)
	}
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", address, "role", "member").Want(200)
	in := s.Join(t, s.owner, zelda, scope.Member)
	wrote(t, s.Site, in, "ZEL", "what-she-wrote")
	b, elsewhere := s.SignIn(t, address), s.SignIn(t, address)
	b.Get("/orgs/own/people").Submit("/orgs/own/people/invitations", "email", "friend@example.com", "role", "member").Want(200)
	traces(t, s.Site, zelda, b)
	for _, where := range []string{"public.users", "public.mails", "public.billing_intents", "public.passkeys", "public.identities", "public.signups", "public.account_events", "public.events", "public.invitations"} {
		if !slices.ContainsFunc(slices.Concat(everywhere(t, s.Site, "quillfeather")), func(found string) bool { return strings.HasPrefix(found, where+" ") }) {
			t.Errorf("the test plants nothing in %s", where)
		}
	}

	// The only owner does not leave an organization without one.
	b.Get("/account/data").Want(200).Says("Delete your account")
	b.Get("/account/delete").Want(200).Says("You are the only owner of these", "Own")
	b.Post("/account/delete", map[string][]string{"email": {address}}).Want(409).Says("You are the only owner of Own")
	s.Join(t, own, s.owner.Person, scope.Owner)
	page := b.Get("/account/delete").Want(200)
	page.Submit("/account/delete", "email", "").Want(422).Says("Type your e-mail address")
	page.Submit("/account/delete", "email", "zelda@elsewhere.example").Want(422).Says("not the address of your account")
	page.Submit("/account/delete", "email", " Zelda@Quillfeather.example ").Want(200).At("/account/closing").Says("Your account is being deleted", "Keep my account")
	page.Submit("/account/delete", "email", address).Want(200).At("/account/closing") // pressed twice
	elsewhere.Get("/account").At("/signin")

	// Until then everything leads to the one page, but for the copy of one's data.
	for _, path := range []string{"/account", "/orgs", "/orgs/acme", "/orgs/acme/projects", "/admin"} {
		b.Get(path).Want(200).At("/account/closing")
	}
	b.Get("/account/data").Want(200).At("/account/data").Says("is being deleted")
	eraseDue(t, s.Site)
	if told(t, s.Site, "x") != 0 || rowsOf(t, s.Site, `select count(*) from users where email = $1`, address) != 1 {
		t.Error("erased before its time")
	}

	pass(s.Site, privacy.CloseDays+1)
	b.Post("/account/closing/keep", nil).Want(409).Says("too late")
	before := everywhereBut(t, s, zelda)
	eraseDue(t, s.Site)
	s.st.Deliver(t) // Stripe tells of the customer's new address
	if left := everywhere(t, s.Site, "quillfeather"); len(left) > 0 {
		t.Errorf("she is still in %v", left)
	}
	if after := everywhereBut(t, s, zelda); before != after {
		t.Errorf("of others: %s, before %s", after, before)
	}
	for _, c := range s.st.Sim.Customers(0) {
		if strings.Contains(c.Email, "quillfeather") {
			t.Errorf("Stripe knows %s", c.Email)
		}
	}
	erased(t, s, zelda, b)
}

// everywhereBut sums up the other account, and what belongs to the organization.
func everywhereBut(t *testing.T, s shop, p scope.Person) string {
	t.Helper()
	var out string
	err := dbtest.At(t, s.Database.Super).QueryRow(t.Context(), `
		select concat_ws(' ', (select md5(string_agg(u::text, '' order by id)) from users u where id <> $1), (select md5(string_agg(x::text, '' order by id)) from tickets x),
		    (select md5(string_agg(x::text, '' order by id)) from comments x), (select count(*) from memberships where user_id <> $1 and left_at is null))`, p.ID).Scan(&out)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// erased looks at what an erasure leaves.
func erased(t *testing.T, s shop, p scope.Person, b *webtest.Browser) {
	t.Helper()
	b.Get("/account").At("/signin")
	s.Browser(t).Get("/signin").Submit("/signin", "email", p.Email, "password", webtest.Password).Want(422).Says("do not match")
	s.b.Get("/orgs/acme/projects/ZEL/tickets/1").Want(200).Says("what-she-wrote", "Deleted account").Silent("Zelda")
	s.b.Get("/orgs/acme/people").Want(200).Silent("Deleted account", "Zelda")
	if n := rowsOf(t, s.Site, `select count(*) from account_events where user_id = $1 and action = $2 and changes ? 'mails' and person = '{}'`, p.ID, privacy.AccountDeleted); n != 1 {
		t.Errorf("%d entries say what was erased", n)
	}
	if n := rowsOf(t, s.Site, `select count(distinct args ->> 'tenant_id') from river.river_job where kind = 'sync_seats'`); n != 2 {
		t.Errorf("the seats of %d of 2 organizations are set anew", n)
	}
	if err := s.Worker.Privacy.Erase(t.Context(), p.ID); err == nil || !strings.Contains(err.Error(), "nothing to do") {
		t.Errorf("a second time: %v", err)
	}
	s.Person(t, "Zelda Anew", p.Email).Get("/orgs").Want(200).Silent("Acme")
}

func TestAClosingAccountIsKept(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	b.Get("/account/closing").Want(200).At("/account")
	b.Post("/account/closing/keep", nil).Want(200).At("/account") // nothing to keep

	alter(t, s, `update sessions set proven_at = now() - interval '1 day'`)
	b.Get("/account/delete").Want(200).Submit("/account/delete", "email", dana).Want(403).Says("Confirm that it is you")
	alter(t, s, `update sessions set proven_at = now()`)

	b.Get("/account/delete").Submit("/account/delete", "email", dana).Want(200).At("/account/closing")
	b.Get("/account/closing").Submit("/signout").Want(200)
	b = s.Browser(t)
	b.Get("/signin").Submit("/signin", "email", dana, "password", webtest.Password).At("/account/closing").Submit("/account/closing/keep").Want(200).At("/account").Says("Your account stays")
	b.Post("/account/closing/keep", nil).Want(200).At("/account")
	pass(s, privacy.CloseDays+1)
	eraseDue(t, s)
	b.Get("/account").Want(200).At("/account").Says("Dana")
	if n := rowsOf(t, s, `select count(*) from account_events where action in ($1, $2)`, auth.ClosingAsked, auth.ClosingTakenBack); n != 2 {
		t.Errorf("%d of 2 entries", n)
	}

	// Closed by a stranger in her session: the mail undoes it.
	pass(s, 0)
	b.Get("/account/delete").Submit("/account/delete", "email", dana).Want(200)
	s.Settle(t)
	s.Browser(t).Get(s.Link(t, dana)).Want(200).Submit("/secure").Want(200)
	if n := rowsOf(t, s, `select count(*) from users where erase_at is not null`); n != 0 {
		t.Error("“This was not me” did not keep the account")
	}
}

func TestClosingOwnersDoNotCount(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	p, other := s.Account(t, "Dana", dana), s.Account(t, "Otto", "otto@other.example")
	acme := s.Org(t, p, "acme", "Acme")
	second := s.Join(t, acme, other, scope.Owner)
	b, o := s.SignIn(t, dana), s.SignIn(t, other.Email)
	b.Get("/account/delete").Submit("/account/delete", "email", dana).Want(200).At("/account/closing")
	o.Get("/orgs/acme/people").Want(200).Says("Leaving")
	o.Post("/orgs/acme/people/leave", nil).Want(409).Says("always has an owner")
	o.Get("/account/delete").Want(200).Says("You are the only owner of these")
	if err := s.App.Tenants.SetRole(t.Context(), acme, other.ID, scope.Member); err == nil {
		t.Error("whose account is closing changed a role")
	}
	o.Get("/orgs/acme/people/" + p.ID.String() + "/remove").Want(200)
	o.Post("/orgs/acme/people/"+p.ID.String()+"/remove", nil).Want(200)
	if n := rowsOf(t, s, `select count(*) from memberships where left_at is null`); n != 1 {
		t.Errorf("%d members, want the owner alone", n)
	}
	_ = second
}

// Of two owners who close at the same moment, one is refused.
func TestTwoOwnersCloseAtOnce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	people := []scope.Person{s.Account(t, "Dana", dana), s.Account(t, "Otto", "otto@other.example")}
	for round := range 5 {
		acme := s.Org(t, people[0], fmt.Sprintf("acme-%d", round), "Acme")
		s.Join(t, acme, people[1], scope.Owner)
		var both sync.WaitGroup
		var closed [2]error
		for i, p := range people {
			both.Go(func() {
				closed[i] = s.App.Privacy.Close(t.Context(), p, privacy.CloseForm{Email: p.Email}, auth.Device{})
			})
		}
		both.Wait()
		if (closed[0] == nil) == (closed[1] == nil) {
			t.Errorf("round %d: %v and %v", round, closed[0], closed[1])
		}
		alter(t, s, `update users set erase_at = null`)
	}
}
