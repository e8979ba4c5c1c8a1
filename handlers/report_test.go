package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"plinth/internal/dbtest"
	"plinth/internal/mailer"
	"plinth/internal/projects"
	"plinth/test/webtest"
)

// The report of a week says what was done and opened in it, as a page, as a file, and by mail every Monday to who asked
// for it.
func TestWeeklyReport(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.owner = a.Give(t, a.owner, "business")
	a.project(t, "WEB", projects.ForOrganization)
	a.project(t, "SECR", projects.ForMembers)
	conn := dbtest.Connect(t, a.Database.Super)
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	last := projects.WeekOf(time.Now().UTC()).Add(-1)
	const report = "/orgs/acme/projects/WEB/report"
	jun := a.SignIn(t, "jun@example.com")
	jun.Get("/orgs/acme/projects/WEB").Want(200).Says("Weekly report")
	jun.Get(report).Want(200).Says("A quiet week", "Nothing is overdue.", "Week before", "Week after", "Send me this every Monday")
	jun.Get(report + "?week=never").Want(200).Says("A quiet week")

	// One was done within the week and took two days, one was done the minute before it began, one after it was over, one is late.
	exec(`update tenants set time_zone = 'America/New_York' where id = $1`, a.owner.TenantID)
	for _, title := range []string{"The door squeaks", "Done too early", "Done too late", "The roof <b>leaks</b> \u202e🚀"} {
		a.ticket(t, a.owner, "WEB", title)
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Date(last.Monday.Year(), last.Monday.Month(), last.Monday.Day(), 0, 0, 0, 0, zone)
	end := begin.AddDate(0, 0, 7)
	exec(`update tickets set created_at = $1`, begin.AddDate(0, -1, 0))
	exec(`update tickets set assignee_id = $1 where number in (1, 4)`, a.member.Person.ID)
	for number, at := range map[int]time.Time{1: end.Add(-time.Minute), 2: begin.Add(-time.Minute), 3: end} {
		exec(`update tickets set status = 'done', started_at = $2, closed_at = $3 where number = $1`, number, at.Add(-48*time.Hour), at)
	}
	exec(`update ticket_counts set tickets = 1 where status = 'todo'`)
	exec(`update tickets set due_on = $1::date, created_at = $2 where number = 4`, last.Monday, begin)
	page := jun.Get(report+"?week="+last.String()).Want(200).Says("The door squeaks", "2.0 days", "Jun Park").Silent("Done too early", "Done too late", "<b>leaks</b>")
	if got := strings.Count(page.Body, "The roof"); got != 2 {
		t.Errorf("what was opened and is late stands there %d times", got)
	}
	for link, says := range map[string]string{last.Add(-1).String(): "Done too early", last.Add(1).String(): "Done too late"} {
		to := report + "?week=" + link
		if !strings.Contains(page.Body, `href="`+to+`"`) {
			t.Errorf("the page does not lead to %s", to)
		}
		jun.Get(to).Want(200).Says(says).Silent("The door squeaks")
	}
	jun.Get(report + "?week=" + last.Add(1).String()).Says("not over yet").Silent("Week after")

	file := jun.Get(report + ".pdf?week=" + last.String()).Want(200)
	if got := file.Header.Get("Content-Disposition"); got != "attachment; filename=WEB-"+last.String()+".pdf" || file.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the file is %q of type %q", got, file.Header.Get("Content-Type"))
	}
	if !strings.HasPrefix(file.Body, "%PDF-1.") || !strings.HasSuffix(strings.TrimSpace(file.Body), "%%EOF") {
		t.Errorf("this is no PDF: %.20q", file.Body)
	}

	// Whoever does not see the project learns nothing of it.
	secret := strings.Replace(report, "WEB", "SECR", 1)
	for _, path := range []string{secret, secret + ".pdf", strings.Replace(report, "WEB", "NONE", 1)} {
		jun.Get(path).Want(404)
	}
	jun.Request(http.MethodPost, secret+"/mail", url.Values{"on": {"1"}}, nil).Want(404)
	olga := a.Account(t, "Olga Else", "olga@else.example")
	a.Org(t, olga, "elsewhere", "Elsewhere")
	a.SignIn(t, "olga@else.example").Get(report).Want(404)

	a.mondays(t, jun, report, last)
}

const weekOf = "Project WEB: week of"

// reportLink looks at the mail of a report, and says where it can be ended.
func (a acme) reportLink(t *testing.T, last projects.Week) string {
	t.Helper()
	mails := a.Mails(t, "jun@example.com")
	mail := mails[slices.IndexFunc(mails, func(m mailer.Kept) bool { return strings.Contains(m.Subject, weekOf) })]
	for _, want := range []string{"1 open now, 1 of them overdue", "WEB-3 Done too late", "/report.pdf?week=" + last.Add(1).String(), "Open the report"} {
		if !strings.Contains(mail.Text, want) {
			t.Errorf("the mail does not say %q:\n%s", want, mail.Text)
		}
	}
	link, ok := strings.CutPrefix(strings.Trim(mail.Headers["List-Unsubscribe"], "<>"), "http://"+webtest.Host)
	if !ok || mail.Headers["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click" {
		t.Fatalf("the mail's headers are %v", mail.Headers)
	}
	return link
}

// mondays follows the mail of the report through some weeks; jun asks for it today.
func (a acme) mondays(t *testing.T, jun *webtest.Browser, report string, last projects.Week) {
	t.Helper()
	tend := func(at time.Time) int {
		t.Helper()
		a.Worker.Notify.Now = func() time.Time { return at }
		if err := a.Worker.Notify.Tend(t.Context(), a.owner.TenantID); err != nil {
			t.Fatal(err)
		}
		a.Settle(t)
		return mailed(a.Mails(t, "jun@example.com"), weekOf)
	}
	monday := last.Add(2).Monday
	for range 2 {
		jun.Get(report).Submit(report+"/mail").Want(200).At(report).Says("It comes by mail every Monday morning.", "Stop sending it")
		jun.Post(report+"/mail", url.Values{"on": {"1"}}).Want(200)
		jun.Get(report).Submit(report+"/mail").Want(200).Says("It is no longer sent.", "Send me this every Monday")
	}
	jun.Post(report+"/mail", url.Values{"on": {"1"}, "week": {last.String()}}).Want(200).Says("Stop sending it")
	for _, c := range []struct {
		at   time.Time
		want int
	}{
		{time.Now(), 0}, {monday.Add(7*time.Hour + 59*time.Minute), 0}, {monday.Add(8 * time.Hour), 1}, {monday.Add(8 * time.Hour), 1}, {monday.Add(50 * time.Hour), 1},
	} {
		if got := tend(c.at); got != c.want {
			t.Fatalf("at %s there are %d reports, want %d", c.at, got, c.want)
		}
	}
	link := a.reportLink(t, last)
	conn := dbtest.Connect(t, a.Database.Super)
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	exec(`update river.river_job set state = 'available', finalized_at = null, attempt = 0 where kind = 'send_report'`)
	if got := tend(monday.Add(9 * time.Hour)); got != 1 {
		t.Errorf("the same job twice has sent %d reports", got)
	}

	// The right to see the project is asked for again; of nothing there is nothing to tell.
	exec(`update projects set visibility = 'members' where key = 'WEB'`)
	if got := tend(monday.AddDate(0, 0, 7).Add(9 * time.Hour)); got != 1 {
		t.Error("a report tells of what may not be seen any more")
	}
	exec(`update projects set visibility = 'organization' where key = 'WEB'`)
	if got := tend(monday.AddDate(0, 0, 14).Add(9 * time.Hour)); got != 2 {
		t.Errorf("what is open is told of: %d reports", got)
	}
	exec(`update ticket_counts set tickets = 0`)
	if got := tend(monday.AddDate(0, 0, 21).Add(9 * time.Hour)); got != 2 {
		t.Error("a report tells of nothing")
	}
	exec(`update ticket_counts set tickets = 1 where status = 'todo'`)

	nobody := a.Browser(t)
	nobody.Get(link).Want(200).Says("Stop these mails?", "this project's week")
	jun.Get(report).Says("Stop sending it")
	for range 2 {
		nobody.Request(http.MethodPost, link, url.Values{"List-Unsubscribe": {"One-Click"}}, http.Header{"Origin": nil, "Sec-Fetch-Site": nil}).Want(200)
	}
	jun.Get(report).Says("Send me this every Monday")
	if got := tend(monday.AddDate(0, 0, 28).Add(9 * time.Hour)); got != 2 {
		t.Errorf("after the end there are %d reports", got)
	}
	jun.Post(report+"/mail", url.Values{"on": {"1"}}).Want(200)
	nobody.Get(link).Submit(link, "all", "1").Want(200).Says("That is done")
	jun.Get(report).Says("Send me this every Monday")
}
