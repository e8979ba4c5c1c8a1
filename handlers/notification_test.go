package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/mailer"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

// mailed counts the mails to an address whose subject has a text.
func mailed(all []mailer.Kept, subject string) int {
	n := 0
	for _, m := range all {
		if strings.Contains(m.Subject, subject) {
			n++
		}
	}
	return n
}

func (a acme) comment(t *testing.T, by scope.Scope, key string, number int, body string) uuid.UUID {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	if err := a.App.Projects.AddComment(t.Context(), by, key, number, projects.CommentForm{ID: id, Body: body}); err != nil {
		t.Fatal(err)
	}
	return id
}

// Whoever something concerns finds it in the inbox, once, and whoever did it does not.
func TestInbox(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.owner = a.Give(t, a.owner, "business")
	a.project(t, "WEB", projects.ForOrganization)
	a.project(t, "SECR", projects.ForMembers)
	jun := a.SignIn(t, "jun@example.com")
	jun.Get("/orgs/acme/inbox").Want(200).Says("All is read", "What is new shows up here by itself.")
	jun.Get("/orgs/acme/inbox?show=all").Want(200).Says("Nothing was told yet")

	n := a.ticket(t, a.member, "WEB", "The door squeaks")
	said := a.comment(t, a.owner, "WEB", n, "Which **door**?")
	if err := a.App.Projects.SetTicketAssignee(t.Context(), a.owner, "WEB", n, a.member.Person.ID); err != nil {
		t.Fatal(err)
	}
	if err := a.App.Projects.SetTicketStatus(t.Context(), a.owner, "WEB", n, "progress"); err != nil {
		t.Fatal(err)
	}
	a.comment(t, a.member, "WEB", n, "The red one.")
	hidden := a.ticket(t, a.owner, "SECR", "canary")
	if err := a.App.Projects.SetTicketStatus(t.Context(), a.admin, "SECR", hidden, "done"); err != nil {
		t.Fatal(err)
	}
	a.Settle(t)
	a.again(t) // the same jobs once more
	a.Settle(t)
	page := jun.Get("/orgs/acme/inbox").Want(200).Says("3 unread", "Dana Whitfield commented", "Dana Whitfield gave it to you",
		"Dana Whitfield moved it to In progress", "The door squeaks", "WEB-1", "Which **door**?")
	if got := strings.Count(page.Body, `class="told`); got != 3 {
		t.Errorf("there are %d lines", got)
	}
	if got := jun.Get("/orgs/acme").Text(); !strings.Contains(got, "Inbox 3 unread") {
		t.Error("the sidebar does not count them")
	}
	jun.HX(http.MethodGet, "/orgs/acme/inbox/count", nil).Want(200).Says("Inbox 3 unread")
	dana := a.SignIn(t, dana)
	dana.Get("/orgs/acme/inbox").Want(200).Says("2 unread", "Jun Park commented", "Mira Okafor moved it to Done")

	// Opening leads to the comment and reads it; all of it is the person's own.
	open := ""
	for _, line := range strings.Split(page.Body, `<li class="told`) {
		if strings.Contains(line, "Which **door**?") {
			open = regexp.MustCompile(`action="(/orgs/acme/inbox/[0-9a-f-]+)"`).FindStringSubmatch(line)[1]
		}
	}
	dana.Request(http.MethodPost, open, url.Values{}, nil).Want(404)
	dana.Request(http.MethodPost, open+"/read", url.Values{}, nil).Want(404)
	to := jun.Request(http.MethodPost, open, url.Values{}, nil).Want(303).Header.Get("Location")
	if to != "/orgs/acme/projects/WEB/tickets/1/comments/"+said.String() {
		t.Errorf("it leads to %s", to)
	}
	jun.Get("/orgs/acme/inbox").Says("2 unread")
	jun.Post(open+"/read", url.Values{"read": {"0"}}).Want(200).Says("3 unread")
	jun.Post("/orgs/acme/inbox/no-id/read", nil).Want(404)

	// What comes after the button was shown stays unread.
	page = jun.Get("/orgs/acme/inbox")
	a.comment(t, a.owner, "WEB", n, "One more.")
	a.Settle(t)
	page.Submit("/orgs/acme/inbox/read").Want(200).At("/orgs/acme/inbox").Says("1 unread", "One more.")
	jun.Get("/orgs/acme/inbox?show=all").Says("Which **door**?", "One more.")

	// Who no longer sees the project sees nothing of it here either, and gets no mail.
	if err := a.App.Projects.AddMember(t.Context(), a.owner, "SECR", a.member.Person.ID); err != nil {
		t.Fatal(err)
	}
	if err := a.App.Projects.SetTicketAssignee(t.Context(), a.owner, "SECR", hidden, a.member.Person.ID); err != nil {
		t.Fatal(err)
	}
	if err := a.App.Projects.RemoveMember(t.Context(), a.owner, "SECR", a.member.Person.ID); err != nil {
		t.Fatal(err)
	}
	if mails := a.Mails(t, "jun@example.com"); mailed(mails, "canary") != 0 {
		t.Error("a mail tells of what may not be seen any more")
	}
	jun.Get("/orgs/acme/inbox").Silent("canary")
}

// Whom a ticket was given to is told by the event that gave it, once, whatever has become of the ticket when its job runs.
func TestWhoIsGivenATicketIsToldOnce(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.Settle(t)
	give := func(n int, to scope.Scope) {
		t.Helper()
		if err := a.App.Projects.SetTicketAssignee(t.Context(), a.owner, "WEB", n, to.Person.ID); err != nil {
			t.Fatal(err)
		}
	}
	told := func(n int) (out string) {
		t.Helper()
		a.Settle(t)
		err := dbtest.At(t, a.Database.Super).QueryRow(t.Context(), `
			select coalesce(string_agg(split_part(u.name, ' ', 1) || ' ' || n.kind, ', ' order by u.name), '')
			from notifications n join tickets t on t.tenant_id = n.tenant_id and t.id = n.ticket_id join users u on u.id = n.user_id
			where t.number = $1`, n).Scan(&out)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	given := a.ticket(t, a.owner, "WEB", "Opened and given within milliseconds")
	give(given, a.member)
	if got := told(given); got != "Jun assigned" {
		t.Errorf("opened, then given: %q", got)
	}
	passed, err := a.App.Projects.CreateTicket(t.Context(), a.owner, "WEB", projects.NewTicket{
		ID: uuid.Must(uuid.NewV7()), Title: "Given when it was opened, and to somebody else at once", Assignee: a.member.Person.ID,
	})
	if err != nil {
		t.Fatal(err)
	}
	give(passed, a.admin)
	if got := told(passed); got != "Jun assigned, Mira assigned" {
		t.Errorf("opened for one, then given to another: %q", got)
	}
}

// again has every job about tickets done once more, as after a crash before it was noted.
func (a acme) again(t *testing.T) {
	t.Helper()
	conn := dbtest.Connect(t, a.Database.Super)
	if _, err := conn.Exec(t.Context(), `update river.river_job set state = 'available', finalized_at = null, attempt = 0 where kind in ('notify_ticket', 'send_notification')`); err != nil {
		t.Fatal(err)
	}
}

func (a acme) mention(t *testing.T, by, who scope.Scope, key string, number int, comment uuid.UUID) {
	t.Helper()
	conn := dbtest.Connect(t, a.Database.Super)
	_, err := conn.Exec(t.Context(), `
		insert into mentions (tenant_id, id, ticket_id, comment_id, user_id, author_id)
		select t.tenant_id, gen_random_uuid(), t.id, $5, $3, $4 from tickets t join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id where p.key = $1 and t.number = $2
		on conflict do nothing`, key, number, who.Person.ID, by.Person.ID, comment)
	if err != nil {
		t.Fatal(err)
	}
}

// What a person has chosen decides whether and how they are told, and mails can be ended from within them.
func TestNotificationsAsChosen(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	jun := a.SignIn(t, "jun@example.com")
	n := a.ticket(t, a.owner, "WEB", "The door squeaks")
	a.Settle(t)
	said := a.comment(t, a.owner, "WEB", n, "@jun look at this")
	a.mention(t, a.owner, a.member, "WEB", n, said)
	mails := a.Mails(t, "jun@example.com")
	if mailed(mails, "WEB-1 The door squeaks") != 1 {
		t.Fatalf("%d mails tell of it", mailed(mails, "WEB-1"))
	}
	mail := mails[0]
	for _, want := range []string{"Dana Whitfield mentioned you.", "> @jun look at this", "/orgs/acme/projects/WEB/tickets/1/comments/" + said.String(), "Stop these mails"} {
		if !strings.Contains(mail.Text, want) {
			t.Errorf("the mail does not say %q:\n%s", want, mail.Text)
		}
	}
	a.again(t)
	if got := mailed(a.Mails(t, "jun@example.com"), "WEB-1"); got != 1 {
		t.Errorf("it is mailed %d times", got)
	}

	// RFC 8058: the mail program posts by itself; opening the link changes nothing.
	if mail.Headers["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click" {
		t.Errorf("the mail's headers are %v", mail.Headers)
	}
	link, ok := strings.CutPrefix(strings.Trim(mail.Headers["List-Unsubscribe"], "<>"), "http://"+webtest.Host)
	if !ok {
		t.Fatalf("List-Unsubscribe is %q", mail.Headers["List-Unsubscribe"])
	}
	nobody := a.Browser(t)
	nobody.Get(link).Want(200).Says("Stop these mails?", "jun@example.com", "mentions you")
	ways := func() string {
		f := jun.Get("/account/notifications").Want(200).Form("/account/notifications")
		return strings.Join([]string{f.Get("assigned"), f.Get("mention"), f.Get("comment"), f.Get("status"), f.Get("due")}, " ")
	}
	if got := ways(); got != "mail mail digest app digest" {
		t.Errorf("after opening the link: %s", got)
	}
	for range 2 {
		nobody.Request(http.MethodPost, link, url.Values{"List-Unsubscribe": {"One-Click"}}, http.Header{"Origin": nil, "Sec-Fetch-Site": nil}).Want(200)
	}
	if got := ways(); got != "mail app digest app digest" {
		t.Errorf("after the mail program has posted: %s", got)
	}
	for _, bad := range []string{link + "A", strings.Replace(link, "/mention/", "/all/", 1), "/unsubscribe/all/x"} {
		nobody.Get(bad).Want(404)
		nobody.Request(http.MethodPost, bad, url.Values{}, nil).Want(404)
	}
	nobody.Get(link).Submit(link, "all", "1").Want(200).Says("That is done")
	if got := ways(); got != "app app app app app" {
		t.Errorf("after ending all mails: %s", got)
	}

	a.choosing(t, jun, n, ways)
}

func (a acme) choosing(t *testing.T, jun *webtest.Browser, n int, ways func() string) {
	t.Helper()
	form := jun.Get("/account/notifications")
	form.Submit("/account/notifications", "comment", "by pigeon").Want(422).Says("Choose one from the list.")
	form.Submit("/account/notifications", "comment", "nothing", "status", "mail").Want(200).Says("Saved.")
	if got := ways(); got != "app app nothing mail app" {
		t.Errorf("chosen: %s", got)
	}
	a.comment(t, a.owner, "WEB", n, "unheard")
	if err := a.App.Projects.SetTicketStatus(t.Context(), a.owner, "WEB", n, "review"); err != nil {
		t.Fatal(err)
	}
	if got := mailed(a.Mails(t, "jun@example.com"), "WEB-1"); got != 2 {
		t.Errorf("by now %d mails", got)
	}
	jun.Get("/orgs/acme/inbox").Says("moved it to In review").Silent("unheard")

	// By project: nothing at all, or everything.
	wish := "/orgs/acme/notifications/WEB"
	jun.Get("/orgs/acme/notifications").Want(200).Says("Project WEB").Submit(wish, "level", "more").Want(422)
	jun.Get("/orgs/acme/notifications").Submit(wish, "level", "nothing").Want(200).Says("Saved.")
	jun.Post("/orgs/acme/notifications/NONE", url.Values{"level": {"mine"}}).Want(404)
	if err := a.App.Projects.SetTicketStatus(t.Context(), a.owner, "WEB", n, "done"); err != nil {
		t.Fatal(err)
	}
	a.Settle(t)
	jun.Get("/orgs/acme/inbox").Silent("moved it to Done")
	jun.Get("/orgs/acme/notifications").Submit(wish, "level", "everything")
	other := a.ticket(t, a.owner, "WEB", "Not theirs")
	if err := a.App.Projects.SetTicketStatus(t.Context(), a.owner, "WEB", other, "progress"); err != nil {
		t.Fatal(err)
	}
	a.Settle(t)
	jun.Get("/orgs/acme/inbox").Says("Not theirs", "moved it to In progress")
}

// In the morning one mail tells of what has come together; what is due is told of the day before, and what was read is
// forgotten in time.
func TestDigestAndDue(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	conn := dbtest.Connect(t, a.Database.Super)
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	first, second := a.ticket(t, a.member, "WEB", "The door squeaks"), a.ticket(t, a.member, "WEB", "The window sticks")
	for range 2 {
		a.comment(t, a.owner, "WEB", first, "Which one?")
	}
	a.comment(t, a.owner, "WEB", second, "Oil it.")
	a.Settle(t)
	tend := func(at time.Time) {
		t.Helper()
		a.Worker.Notify.Now = func() time.Time { return at }
		if err := a.Worker.Notify.Tend(t.Context(), a.owner.TenantID); err != nil {
			t.Fatal(err)
		}
		a.Settle(t)
	}
	now := time.Now().UTC()
	tomorrow := time.Date(now.Year(), now.Month(), now.Day()+1, 8, 30, 0, 0, time.UTC)
	if mailed(a.Mails(t, "jun@example.com"), "are new") != 0 {
		t.Error("a digest comes before the morning")
	}
	tend(tomorrow)
	tend(tomorrow.Add(time.Hour))
	mails := a.Mails(t, "jun@example.com")
	if mailed(mails, "Acme Robotics: 3 things are new") != 1 {
		t.Fatalf("digests: %d of %d mails", mailed(mails, "are new"), len(mails))
	}
	digest := mails[slices.IndexFunc(mails, func(m mailer.Kept) bool { return strings.Contains(m.Subject, "are new") })]
	for _, want := range []string{"WEB-1 The door squeaks – Dana Whitfield commented", "WEB-2 The window sticks", "Oil it.", "/unsubscribe/digest/"} {
		if !strings.Contains(digest.Text, want) {
			t.Errorf("the digest does not say %q:\n%s", want, digest.Text)
		}
	}
	if digest.Headers["List-Unsubscribe"] == "" {
		t.Error("the digest cannot be ended")
	}

	exec(`update tickets set assignee_id = author_id, due_on = $1::date`, tomorrow.AddDate(0, 0, 1))
	exec(`update tickets set closed_at = now(), status = 'done' where number = 2`)
	for range 2 {
		tend(tomorrow)
	}
	jun := a.SignIn(t, "jun@example.com")
	page := jun.Get("/orgs/acme/inbox").Says("It is due on", "4 unread")
	if got := strings.Count(page.Body, "It is due on"); got != 1 {
		t.Errorf("%d lines tell that it is due", got)
	}
	tend(tomorrow.AddDate(0, 0, 2))
	jun.Get("/orgs/acme/inbox").Says("It was due on", "5 unread")

	exec(`update notifications set read_at = now() - interval '91 days' where kind = 'comment'`)
	tend(tomorrow)
	jun.Get("/orgs/acme/inbox?show=all").Says("It was due on").Silent("Which one?")
}
