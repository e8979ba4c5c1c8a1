package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
	"plinth/test/webtest"
)

func TestWriteATicket(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	b := a.SignIn(t, "jun@example.com")
	base := "/orgs/acme/projects/WEB"
	b.Get(base+"/tickets").Want(200).Says("No ticket stands here yet", "The first ticket is WEB-1")
	b.Get(base+"/board").Want(200).Says("No ticket stands here yet.", "Write the first ticket")
	form := b.Get(base + "/tickets/new?status=review").Want(200)
	if got := form.Form(base + "/tickets"); got.Get("status") != "review" || got.Get("priority") != "none" || got.Get("assignee") != "" || got.Get("id") == "" {
		t.Errorf("the form begins with %v", got)
	}
	again := form.Submit(base+"/tickets", "title", " ", "body", "**what**\n\nI typed", "priority", "high", "assignee", a.owner.Person.ID.String()).
		Want(422).Says("Enter a title.")
	if kept := again.Form(base + "/tickets"); kept.Get("body") != "**what**\n\nI typed" || kept.Get("priority") != "high" ||
		kept.Get("assignee") != a.owner.Person.ID.String() || kept.Get("status") != "review" {
		t.Errorf("the form kept %v", kept)
	}
	again.Submit(base+"/tickets", "title", strings.Repeat("x", 201)).Want(422).Says("at most 200 characters")
	again.Submit(base+"/tickets", "title", "x", "assignee", a.guest.Person.ID.String()).Want(422).Says("Choose somebody who sees this project.")
	again.Submit(base+"/tickets", "title", "x", "body", strings.Repeat("x", projects.MaxBody+1)).Want(422).Says("at most 100 KB")
	hostile := `<script>alert("title")</script>`
	page := again.Submit(base+"/tickets", "title", hostile, "body", "**bold** <img src=x onerror=alert(1)>\n\n- [x] done").Want(200).At(base + "/tickets/1")
	page.Says("WEB-1", "opened by Jun Park", hostile, "bold", "Dana Whitfield").Silent("<script>alert", "<img src=x")
	again.Submit(base+"/tickets", "title", hostile, "body", "**bold** <img src=x onerror=alert(1)>\n\n- [x] done").At(base + "/tickets/1") // a double click
	b.Get(base+"/tickets").Want(200).Says("1 ticket", hostile)
	b.Get("/orgs/acme").Want(200).Says("Jun Park opened WEB-1")
	a.SignIn(t, dana).Get("/orgs/acme/tickets").Want(200).Says(hostile)
}

// piece is what stands between the tags of the element with an id.
func piece(t *testing.T, body, id string) string {
	t.Helper()
	begin := strings.Index(body, `id="`+id+`"`)
	if begin < 0 {
		t.Fatalf("there is no %s in:\n%.2000s", id, body)
	}
	begin = strings.LastIndex(body[:begin], "<")
	tag := regexp.MustCompile(`^<([a-z]+)`).FindStringSubmatch(body[begin:])[1]
	depth := 0
	for _, at := range regexp.MustCompile(`</?`+tag+`[ >]`).FindAllStringIndex(body[begin:], -1) {
		if body[begin+at[0]+1] == '/' {
			depth--
		} else {
			depth++
		}
		if depth == 0 {
			return body[begin : begin+at[1]]
		}
	}
	t.Fatalf("%s does not end", id)
	return ""
}

// What htmx puts into the page is exactly what the page itself would show.
func TestPropertiesOfATicket(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "Gripper stalls")
	b := a.SignIn(t, "jun@example.com")
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	for _, c := range []struct{ name, value, says string }{
		{"status", "progress", "WEB-1 moved to In progress"}, {"status", "done", "WEB-1 moved to Done"},
		{"priority", "urgent", "Priority of WEB-1: Urgent"}, {"assignee", a.admin.Person.ID.String(), "WEB-1 is assigned to Mira Okafor"},
		{"assignee", "", "WEB-1 is assigned to nobody"}, {"status", "todo", "WEB-1 moved to To do"},
	} {
		answer := b.HX(http.MethodPost, ticket+"/"+c.name, url.Values{c.name: {c.value}}).Want(200).Says(c.says)
		page := b.Get(ticket).Want(200)
		for _, id := range []string{"ticket-props", "ticket-feed"} {
			if got, want := piece(t, answer.Body, id), piece(t, page.Body, id); got != want {
				t.Errorf("%s=%s answers with another %s:\n%s\nthe page has\n%s", c.name, c.value, id, got, want)
			}
		}
		if strings.Contains(answer.Body, "<html") {
			t.Error("the answer is a whole page")
		}
	}
	b.Get(ticket).Says("Jun Park moved it from To do to In progress", "Jun Park gave it to Mira Okafor", "took it from Mira Okafor", "set priority to Urgent")

	// Without a script: back to the page, which says what happened.
	b.Get(ticket).Submit(ticket+"/status", "status", "review").Want(200).At(ticket).Says("WEB-1 moved to In review")
	b.Get("/orgs/acme/projects/WEB/board").Submit(ticket+"/status", "status", "done").At("/orgs/acme/projects/WEB/board").Says("WEB-1 moved to Done")
	b.Get(ticket).Submit(ticket+"/assignee", "assignee", a.member.Person.ID.String()).At(ticket).Says("is assigned to Jun Park")
	b.Get(ticket).Submit(ticket+"/priority", "priority", "low").At(ticket).Says("Priority of WEB-1: Low")

	for name, value := range map[string]string{"status": "canceled", "priority": "9", "assignee": a.guest.Person.ID.String()} {
		b.Post(ticket+"/"+name, url.Values{name: {value}}).Want(422).Says("Choose")
		line := b.HX(http.MethodPost, ticket+"/"+name, url.Values{name: {value}}).Want(422).Says("Choose")
		if line.Header.Get("HX-Retarget") != "#toasts" {
			t.Error("a refused change would replace a part of the page")
		}
	}
	b.Post(ticket+"/assignee", url.Values{"assignee": {"not-an-id"}}).Want(422)
}

func TestBoardAnswersWithTheCard(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	for _, title := range []string{"One", "Two", "Three"} {
		a.ticket(t, a.owner, "WEB", title)
	}
	b := a.SignIn(t, dana)
	board := "/orgs/acme/projects/WEB/board"
	card := "/orgs/acme/projects/WEB/tickets/2/status"
	first := b.Get(board).Want(200).Says("To do 3", "Done 0", "3 of 3 open")
	if !strings.Contains(first.Body, `hx-post="`+card+`?as=card"`) {
		t.Error("the card does not say where htmx sends it")
	}
	answer := b.HX(http.MethodPost, card+"?as=card", url.Values{"status": {"done"}}).Want(200).Says("WEB-2 moved to Done")
	page := b.Get(board).Says("To do 2", "Done 1", "2 of 3 open")
	if got, want := piece(t, answer.Body, "card-WEB-2"), piece(t, page.Body, "card-WEB-2"); got != want {
		t.Errorf("the answer is\n%s\nthe page has\n%s", got, want)
	}
	for _, want := range []string{`hx-target="#lane-todo .count" hx-swap="innerHTML">2<`, `hx-target="#lane-done .count" hx-swap="innerHTML">1<`} {
		if !strings.Contains(answer.Body, want) {
			t.Errorf("the answer leaves out %s:\n%s", want, answer.Body)
		}
	}
	// A filter hides a part of the board, so its counts are not those of the project.
	b.Get(board+"?assignee=nobody&q=t").Want(200).Says("1 of 2 open", "Clear").Silent(">One<")
	filtered := b.HX(http.MethodPost, card+"?as=card&filtered=1", url.Values{"status": {"todo"}}).Want(200)
	if strings.Contains(filtered.Body, "#lane-") {
		t.Error("the counts of a filtered board are written over")
	}
	b.HX(http.MethodPost, card+"?as=card", url.Values{"status": {"nope"}}).Want(422)

	guest := a.SignIn(t, "lukas@example.com")
	guest.HX(http.MethodPost, card+"?as=card", url.Values{"status": {"done"}}).Want(404)
}

func TestBoardLanesEnd(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 600)
	b := a.SignIn(t, dana)
	page := b.Get("/orgs/acme/projects/WEB/board").Want(200)
	if n := strings.Count(page.Body, `id="card-WEB-`); n != 162 { // 50 of each lane, and the latest 12 that are done
		t.Errorf("%d cards are in sight", n)
	}
	more := regexp.MustCompile(`href="(/orgs/acme/projects/WEB/tickets\?[^"]*status=todo[^"]*)"[^>]*>([\d,]+) more in the list`).FindStringSubmatch(page.Body)
	if more == nil {
		t.Fatal("the lane does not lead to its list")
	}
	b.Get(strings.ReplaceAll(more[1], "&amp;", "&")).Want(200).Says("tickets", "Next")
}

func TestListOfTickets(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 130)
	b := a.SignIn(t, dana)
	list := "/orgs/acme/projects/WEB/tickets"
	page := b.Get(list + "?status=todo&status=review&sort=-number").Want(200)
	for _, want := range []string{`value="todo" checked`, `value="review" checked`, `value="-number" selected`} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the filter does not show %s", want)
		}
	}
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	seen := 1
	for page = b.Get(list); ; seen++ {
		link := next.FindStringSubmatch(page.Body)
		if link == nil {
			break
		}
		page = b.Get(strings.ReplaceAll(link[1], "&amp;", "&")).Want(200).Says("Previous")
	}
	if seen != 3 {
		t.Errorf("%d pages of 130 tickets", seen)
	}
	b.Get(list+"?q=no+such+thing").Want(200).Says("Nothing matches", "0 tickets", "Show all tickets")
	b.Get(list + "?q=%00%ff&status=x&sort=y&after=z&assignee=%27&priority=9&before=%00").Want(200)
	b.Get(list + "?assignee=" + uuid.NewString()).Want(200).Says("Somebody who has left")
	b.Get("/orgs/acme/tickets?after=%00&before=x").Want(200)
	b.Get("/orgs/acme/projects?after=" + uuid.NewString() + ".%00").Want(200)
}

func TestEditATicket(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	b, other := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	mine, theirs := b.Get(ticket+"/edit").Want(200), other.Get(ticket+"/edit").Want(200)
	mine.Submit(ticket, "title", "").Want(422).Says("Enter a title.")
	theirs.Submit(ticket, "title", "By Jun", "body", "Theirs").Want(200).At(ticket).Says("By Jun", "Theirs")
	conflict := mine.Submit(ticket, "title", "By Dana", "body", "Mine").Want(409).
		Says("Somebody else changed this ticket", "What Jun Park changed since you began", "Theirs", "By Jun", "Save mine over theirs", "Keep theirs")
	if kept := conflict.Form(ticket); kept.Get("title") != "By Dana" || kept.Get("body") != "Mine" {
		t.Errorf("the form kept %v", kept)
	}
	conflict.Submit(ticket).Want(200).At(ticket).Says("By Dana", "Mine", "renamed it from “By Jun”")

	// Who changed only the title and who changed only the text do not stand in each other's way.
	mine, theirs = b.Get(ticket+"/edit").Want(200), other.Get(ticket+"/edit").Want(200)
	theirs.Submit(ticket, "body", "one\ntwo\n\nthree\nfour\nfive").Want(200)
	mine.Submit(ticket, "title", "Another title").Want(200).At(ticket).Says("Another title", "three")

	// Two who changed different lines of the text choose: both together, one of them, or by hand.
	mine, theirs = b.Get(ticket+"/edit").Want(200), other.Get(ticket+"/edit").Want(200)
	theirs.Submit(ticket, "body", "ONE\ntwo\n\nthree\nfour\nfive").Want(200)
	conflict = mine.Submit(ticket, "body", "one\ntwo\n\nthree\nfour\nFIVE").Want(409).Says("Both together")
	if !strings.Contains(conflict.Body, "<del>one</del>") || !strings.Contains(conflict.Body, "<ins>ONE</ins>") {
		t.Error("what was changed is not shown")
	}
	if kept := conflict.Form(ticket); kept.Get("body") != "one\ntwo\n\nthree\nfour\nFIVE" {
		t.Errorf("the form kept %v", kept)
	}
	if !strings.Contains(conflict.Body, ">ONE\ntwo\n\nthree\nfour\nFIVE</textarea>") {
		t.Error("both changes are not put together")
	}
	both := conflict.Form(ticket)
	both.Set("body", "ONE\ntwo\n\nthree\nfour\nFIVE")
	other.Get(ticket+"/edit").Submit(ticket, "title", "In between").Want(200) // and somebody was faster once more
	b.Post(ticket, both).Want(200).At(ticket).Says("In between", "ONE", "FIVE")
}

// Labels that two people choose at the same time are all there.
func TestTwoChooseLabels(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	b, other := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	for _, name := range []string{"old", "kept", "mine", "theirs"} {
		page := b.Get(ticket)
		b.Post(ticket+"/labels", url.Values{"label": page.Form(ticket + "/labels")["label"], "new": {name}}).Want(200)
	}
	ids := map[string]string{}
	for _, m := range regexp.MustCompile(`value="([0-9a-f-]{36})" checked[^>]*>\s*<span[^>]*><bdi>(\w+)</bdi>`).FindAllStringSubmatch(b.Get(ticket).Body, -1) {
		ids[m[2]] = m[1]
	}
	b.Post(ticket+"/labels", url.Values{"label": {ids["old"], ids["kept"]}}).Want(200)
	had := b.Get(ticket).Form(ticket + "/labels")["had"]
	other.Post(ticket+"/labels", url.Values{"seen": {"1"}, "had": had, "label": {ids["kept"], ids["theirs"]}}).Want(200)
	b.Post(ticket+"/labels", url.Values{"seen": {"1"}, "had": had, "label": {ids["old"], ids["kept"], ids["mine"]}}).Want(200).Says("Labels of WEB-1: kept, mine, theirs")
}

func TestCommentOnATicket(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	b := a.SignIn(t, "jun@example.com")
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	form := b.Get(ticket)
	form.Submit(ticket+"/comments", "body", " ").Want(422).Says("Write something first.")
	form.Submit(ticket+"/comments", "body", "Said *once* <script>alert(1)</script>").Want(200).At(ticket).Says("Said", "once").Silent("<script>alert")
	twice := form.Submit(ticket+"/comments", "body", "Said *once* <script>alert(1)</script>").Want(200)
	if n := strings.Count(twice.Body, `id="comment-`); n != 1 {
		t.Errorf("a double click made %d comments", n)
	}
	comment := regexp.MustCompile(`href="([^"]+/comments/[^"]+)/edit"`).FindStringSubmatch(twice.Body)[1]
	edit := b.Get(comment + "/edit").Want(200).Says("Delete this comment")
	if again := edit.Submit(comment, "body", "").Want(422).Says("Write something first."); again.Form(comment).Get("body") != "" {
		t.Error("the form forgets what was typed")
	}
	edit.Submit(comment, "body", "Said better").Want(200).At(ticket).Says("Said better", "edited")

	dana := a.SignIn(t, dana)
	dana.Get(ticket).Want(200).Silent(comment + "/edit")
	dana.Get(comment + "/edit").Want(403)
	dana.Post(comment, url.Values{"body": {"Not mine"}}).Want(403)
	dana.Post(comment+"/delete", nil).Want(403)
	edit.Submit(comment+"/delete").Want(200).At(ticket).Says("The comment is deleted.", "deleted a comment").Silent("Said better")
	b.Post(comment+"/delete", nil).Want(404)
	b.Get(ticket + "?show=comments").Want(200).Silent("deleted a comment")
	b.Get(ticket + "?show=history").Want(200).Says("opened it")
}

// What was typed into a form whose session had ended is there again after signing in.
func TestACommentOutlivesItsSession(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	b := a.SignIn(t, dana)
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	form := b.Get(ticket)
	b.Clone().Post("/signout", nil)
	out := form.Submit(ticket+"/comments", "body", "Long and thoughtful").Want(401)
	page := out.Submit("/signin", "email", dana, "password", webtest.Password).Want(200).At(ticket)
	if got := page.Form(ticket + "/comments"); got.Get("body") != "Long and thoughtful" {
		t.Errorf("the form holds %v", got)
	}
	page.Submit(ticket + "/comments").Want(200).Says("Long and thoughtful")
}

func TestReadOnlyOrganization(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	if _, err := dbtest.At(t, a.Database.Super).Exec(t.Context(), `update tenants set suspended_at = now() where id = $1`, a.owner.TenantID); err != nil {
		t.Fatal(err)
	}
	b := a.SignIn(t, dana)
	base := "/orgs/acme/projects/WEB"
	before := a.rows(t)
	for _, path := range []string{"", "/board", "/tickets", "/tickets/1", "/settings"} {
		b.Get(base+path).Want(200).Silent(`method="post" action="`+base+"/t", `data-key="c"`)
	}
	b.Post(base+"/tickets/1/status", url.Values{"status": {"done"}}).Want(403)
	b.Post("/orgs/acme/projects", url.Values{"name": {"x"}}).Want(403)
	for _, path := range []string{"checkout", "portal", "trial", "change"} { // money is no way out of a suspension
		b.Post("/orgs/acme/billing/"+path, url.Values{"plan": {"team"}, "interval": {"month"}}).Want(403).Says("suspended")
	}
	if after := a.rows(t); after != before {
		t.Error("a suspended organization was changed")
	}
}

// Removing a member gives their open tickets to somebody else, by a job.
func TestARemovedMembersTicketsGoOn(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	n := a.ticket(t, a.owner, "WEB", "Theirs")
	if err := a.App.Projects.SetTicketAssignee(t.Context(), a.owner, "WEB", n, a.member.Person.ID); err != nil {
		t.Fatal(err)
	}
	b := a.SignIn(t, dana)
	leaver := "/orgs/acme/people/" + a.member.Person.ID.String() + "/remove"
	b.Get(leaver).Submit(leaver, "reassign_to", a.admin.Person.ID.String()).Want(200)
	a.Settle(t)
	b.Get("/orgs/acme/projects/WEB/tickets/1").Want(200).Says("Mira Okafor")
	a.SignIn(t, "mira@example.com").Get("/orgs/acme/tickets").Want(200).Says("Theirs")
}

// Whoever goes back to a form that was sent, writes something else and sends it again must not lose what they wrote.
func TestAFormSentAgainWithOtherWords(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	b := a.SignIn(t, dana)
	base := "/orgs/acme/projects/WEB/tickets"
	form := b.Get(base + "/new").Want(200)
	form.Submit(base, "title", "First").At(base + "/1")
	form.Submit(base, "title", "First").At(base + "/1")
	kept := form.Submit(base, "title", "Second", "body", "all of this").Want(409).Says("WEB-1")
	if got := kept.Form(base); got.Get("title") != "Second" || got.Get("body") != "all of this" {
		t.Errorf("the form kept %v", got)
	}
	kept.Submit(base).At(base+"/2").Want(200).Says("Second", "all of this")

	page, comments := b.Get(base+"/1").Want(200), base+"/1/comments"
	page.Submit(comments, "body", "One").At(base + "/1").Says("One")
	page.Submit(comments, "body", "One").At(base + "/1")
	again := page.Submit(comments, "body", "Two").Want(409).Says("sent before")
	again.Submit(comments).At(base+"/1").Want(200).Says("One", "Two")
	if n := count(t, a.Site, `select count(*) from comments`); n != 2 {
		t.Errorf("%d comments, want 2", n)
	}

	project := b.Get("/orgs/acme/projects/new").Want(200)
	project.Submit("/orgs/acme/projects", "name", "Shop", "key", "SHOP").At("/orgs/acme/projects/SHOP")
	project.Submit("/orgs/acme/projects", "name", "Shop", "key", "SHOP").At("/orgs/acme/projects/SHOP")
	project.Submit("/orgs/acme/projects", "name", "Store", "key", "STORE").Want(409).Says("SHOP")
}
