package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/internal/users"
	"plinth/test/webtest"
	"plinth/web"
)

// people is an organization with a browser of each role, of somebody who left, and of somebody who never was in it.
type people struct {
	*webtest.Site
	owner    scope.Scope
	browsers map[scope.Role]*webtest.Browser // "" is not a member
	left     *webtest.Browser
}

func newPeople(t *testing.T) people {
	t.Helper()
	p := people{Site: webtest.New(t), browsers: map[scope.Role]*webtest.Browser{}}
	p.owner = p.Org(t, p.Account(t, "Owner", "owner@example.com"), "acme", "Acme")
	for _, role := range scope.Roles() {
		email := string(role) + "@example.com"
		if role != scope.Owner {
			p.Join(t, p.owner, p.Account(t, string(role), email), role)
		}
		p.browsers[role] = p.SignIn(t, email)
	}
	p.Org(t, p.Account(t, "Stranger", "stranger@example.com"), "elsewhere", "Elsewhere")
	p.browsers[""] = p.SignIn(t, "stranger@example.com")
	p.Join(t, p.owner, p.Account(t, "Left", "left@example.com"), scope.Owner)
	p.left = p.SignIn(t, "left@example.com")
	p.left.Post("/orgs/acme/people/leave", nil).Want(200)
	return p
}

var part = regexp.MustCompile(`\{\w+\}`)

// Every role asks every route of an organization: it passes the guard exactly when the one table of rights says so, with a
// form and with a page, whole and in pieces; whoever is not a member learns nothing.
func TestEachRolePassesWhereTheTableSays(t *testing.T) {
	t.Parallel()
	p := newPeople(t)
	routes := make([]web.Route, 0, len(p.Routes))
	members := 0
	for _, r := range p.Routes {
		if r.Guard.Kind == web.InOrg {
			r = web.Probed(r)
			members++
		}
		routes = append(routes, r)
	}
	handler, err := p.Shell.Handler(routes)
	if err != nil {
		t.Fatal(err)
	}
	p.Handler = handler
	let, refused := 0, 0
	for _, r := range routes {
		if r.Guard.Kind != web.InOrg {
			continue
		}
		path := part.ReplaceAllString(strings.Replace(r.Path, "{org}", "acme", 1), "1")
		for role, b := range p.browsers {
			want := http.StatusForbidden
			switch {
			case role == "":
				want = http.StatusNotFound
			case role.May(r.Guard.Permission):
				want = http.StatusOK
			}
			for _, page := range []*webtest.Page{b.Request(r.Method, path, url.Values{}, nil), b.HX(r.Method, path, url.Values{})} {
				if page.Status != want || (page.Body == web.Through) != (want == http.StatusOK) {
					t.Errorf("%s (%s) as %q: %d, want %d", r.Pattern(), r.Guard.Permission, role, page.Status, want)
				}
			}
			if want == http.StatusOK {
				let++
			} else {
				refused++
			}
		}
		if page := p.left.Request(r.Method, path, url.Values{}, nil); page.Status != http.StatusNotFound {
			t.Errorf("%s for who has left: %d", r.Pattern(), page.Status)
		}
	}
	t.Logf("%d routes: %d times let in, %d times refused", members, let, refused)
	if members < 40 || let < members || refused < members {
		t.Errorf("%d routes, %d let in, %d refused: the table is not read", members, let, refused)
	}
}

// The pages behind the guards answer those that it lets in: no handler asks for more than its route says, but for what is
// told here.
func TestPagesAnswerThoseLetIn(t *testing.T) {
	t.Parallel()
	p := newPeople(t)
	p.Fill(t, p.owner, "WEB", 3)
	conn := dbtest.Connect(t, p.Database.Super)
	if _, err := conn.Exec(t.Context(), `insert into project_members (tenant_id, project_id, user_id)
		select p.tenant_id, p.id, m.user_id from projects p join memberships m on m.tenant_id = p.tenant_id where m.role = 'guest'`); err != nil {
		t.Fatal(err)
	}
	var comment, guest uuid.UUID
	if err := conn.QueryRow(t.Context(), `select (select id from comments limit 1), (select user_id from memberships where role = 'guest')`).Scan(&comment, &guest); err != nil {
		t.Fatal(err)
	}
	picture, err := p.App.Pictures.Set(t.Context(), scope.Person{ID: guest}, users.PictureForm{ID: uuid.New(), Data: webtest.PNG(t, 1).Data}, users.From{})
	if err != nil {
		t.Fatal(err)
	}
	logo, err := p.App.Tenants.SetLogo(t.Context(), p.owner, users.PictureForm{ID: uuid.New(), Data: webtest.PNG(t, 1).Data})
	if err != nil {
		t.Fatal(err)
	}
	narrower := map[string]string{
		"/orgs/{org}/projects/{key}/settings":                                    "who manages the project",
		"/orgs/{org}/projects/{key}/settings/statuses":                           "who manages the project",
		"/orgs/{org}/projects/{key}/settings/statuses/{status}/remove":           "who manages the project",
		"/orgs/{org}/projects/{key}/settings/labels":                             "who manages the project",
		"/orgs/{org}/projects/{key}/settings/labels/{label}/remove":              "who manages the project",
		"/orgs/{org}/projects/{key}/tickets/{number}/comments/{id}/edit":         "who wrote the comment",
		"/orgs/{org}/billing/change":                                             "what is shown comes from Stripe",
		"/orgs/{org}/billing/start":                                              "what is shown comes from Stripe",
		"/orgs/{org}/settings/export/{id}":                                       "a copy that was made before",
		"/orgs/{org}/projects/{key}/export/{id}":                                 "a copy that was made before",
		"/orgs/{org}/projects/{key}/import":                                      "who manages the project",
		"/orgs/{org}/projects/{key}/import/{id}":                                 "a file that was sent before",
		"/orgs/{org}/projects/{key}/import/{id}/problems.csv":                    "a file that was sent before",
		"/orgs/{org}/imports/{id}":                                               "a file that was sent before",
		"/orgs/{org}/files/{id}":                                                 "a file that was sent before",
		"/orgs/{org}/settings/webhooks/{webhook}":                                "a webhook that was made before",
		"/orgs/{org}/settings/webhooks/{webhook}/edit":                           "a webhook that was made before",
		"/orgs/{org}/settings/webhooks/{webhook}/secret":                         "a webhook that was made before",
		"/orgs/{org}/settings/webhooks/{webhook}/delete":                         "a webhook that was made before",
		"/orgs/{org}/settings/webhooks/{webhook}/deliveries/{event}":             "a webhook that was made before",
		"/orgs/{org}/files/{id}/thumbnail":                                       "a picture that was sent before",
		"/orgs/{org}/projects/{key}/tickets/{number}/attachments/{id}":           "a file that was sent before",
		"/orgs/{org}/projects/{key}/tickets/{number}/attachments/{id}/thumbnail": "a picture that was sent before",
	}
	asked := 0
	for _, r := range p.Routes {
		if r.Guard.Kind != web.InOrg || r.Method != http.MethodGet || narrower[r.Path] != "" {
			continue
		}
		file := picture
		if strings.Contains(r.Path, "/logo/") {
			file = logo
		}
		path := strings.NewReplacer("{org}", "acme", "{key}", "WEB", "{number}", "1", "{id}", comment.String(), "{user}", guest.String(),
			"{file}", strings.Replace(file, ".", "-64.", 1)).Replace(r.Path)
		for role, b := range p.browsers {
			if role == "" || !role.May(r.Guard.Permission) {
				continue
			}
			asked++
			if status := b.Request(r.Method, path, nil, nil).Status; status != http.StatusOK && status != http.StatusSeeOther {
				t.Errorf("%s as %s: %d", path, role, status)
			}
		}
	}
	if asked < 30 {
		t.Errorf("%d pages only", asked)
	}
}
