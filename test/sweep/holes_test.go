package sweep

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/mailer"
	"plinth/internal/mails"
)

// recorder takes down what a sweep finds instead of failing the test.
type recorder struct {
	testing.TB
	mu    sync.Mutex
	found []string
}

func (r *recorder) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found = append(r.found, text)
}

func (r *recorder) Helper()                        {}
func (r *recorder) Error(a ...any)                 { r.note(fmt.Sprint(a...)) }
func (r *recorder) Errorf(format string, a ...any) { r.note(fmt.Sprintf(format, a...)) }
func (r *recorder) Fatal(a ...any)                 { r.note(fmt.Sprint(a...)); runtime.Goexit() }
func (r *recorder) Fatalf(format string, a ...any) {
	r.note(fmt.Sprintf(format, a...))
	runtime.Goexit()
}

// hole is one way to be careless. It stands in front of the product for the requests it concerns, and answers false to
// leave the request to the product.
type hole struct {
	name  string
	under string // the routes it is swept with
	want  string // what the sweep says of it; empty: nothing, because the database or the guard holds
	sql   string // run by the owner first
	serve func(w world, to http.ResponseWriter, r *http.Request) bool
}

const ticketPath = "/orgs/{org}/projects/{key}/tickets/{number}"

// careless reads tickets without naming the organization, as the role and in the scope that the product uses.
func careless(dsn func(d *dbtest.Database) string) func(world, http.ResponseWriter, *http.Request) bool {
	return func(w world, to http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, "/orgs/org-a/projects/YEW/tickets/1") {
			return false
		}
		conn := dbtest.Connect(w.tb, dsn(w.site.Database))
		tx, err := conn.Begin(r.Context())
		if err != nil {
			w.tb.Fatal(err)
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(r.Context())) }()
		if _, err := tx.Exec(r.Context(), `select set_config('app.current_tenant_id', $1, true)`, w.a.TenantID.String()); err != nil {
			w.tb.Fatal(err)
		}
		var titles string
		if err := tx.QueryRow(r.Context(), `select coalesce(string_agg(title, ' '), '') from tickets`).Scan(&titles); err != nil {
			w.tb.Fatal(err)
		}
		if !strings.Contains(titles, canary) {
			return false
		}
		_, _ = to.Write([]byte(titles))
		return true
	}
}

func app(d *dbtest.Database) string   { return d.App }
func owner(d *dbtest.Database) string { return d.Super }

// at says whether a request is for the first ticket of ZED, which each of the two organizations has.
func at(r *http.Request, method, slug string) bool {
	return r.Method == method && strings.HasPrefix(r.URL.Path, "/orgs/"+slug+"/projects/ZED/tickets/1")
}

func answer(to http.ResponseWriter, status int, body string) bool {
	to.WriteHeader(status)
	_, _ = to.Write([]byte(body))
	return true
}

// product answers with what the product says, and lets change see to it.
func product(w world, to http.ResponseWriter, r *http.Request, change func(*httptest.ResponseRecorder)) bool {
	rec := httptest.NewRecorder()
	w.product.ServeHTTP(rec, r)
	change(rec)
	for name, values := range rec.Header() {
		to.Header()[name] = values
	}
	return answer(to, rec.Code, rec.Body.String())
}

func (w world) exec(sql string, args ...any) {
	if _, err := w.conn.Exec(context.Background(), sql, args...); err != nil {
		w.tb.Fatal(err)
	}
}

// told is what a sweep says of an answer with a canary in it.
const told = "tells of what belongs to somebody else"

func holes() []hole { return append(holesInReading(), holesBesides()...) }

func holesInReading() []hole {
	return []hole{
		{name: "a careless query under the policies", under: ticketPath, serve: careless(app)},
		{name: "a careless query without the policy", under: ticketPath, want: told, sql: `alter table tickets disable row level security`, serve: careless(app)},
		{name: "a careless query with a second policy", under: ticketPath, want: told, sql: `create policy everybody on tickets using (true)`, serve: careless(app)},
		{name: "a careless query as the owner", under: ticketPath, want: told, serve: careless(owner)},
		{name: "a guard that asks for a session only", under: "/orgs/{org}/people", want: "want 404", serve: func(w world, to http.ResponseWriter, r *http.Request) bool {
			return strings.HasPrefix(r.URL.Path, "/orgs/org-b/people") && r.Method == http.MethodGet && answer(to, 200, "<html></html>")
		}},
		{name: "a cache key without the organization", under: ticketPath, want: told, serve: func(_ world, to http.ResponseWriter, r *http.Request) bool {
			cached := map[string]string{"/projects/ZED/tickets/1": canary} // filled by B's people
			_, key, _ := strings.Cut(r.URL.Path, "/projects")
			body, ok := cached["/projects"+key]
			return ok && r.Method == http.MethodGet && answer(to, 200, body)
		}},
		{name: "a no that is a yes", under: ticketPath, want: "want 404", serve: func(_ world, to http.ResponseWriter, r *http.Request) bool {
			return at(r, http.MethodGet, "org-b") && answer(to, 410, "gone")
		}},
		{name: "a word in the refusal", under: "/orgs/{org}/people/{user}", want: "told apart", serve: func(w world, to http.ResponseWriter, r *http.Request) bool {
			return strings.Contains(r.URL.Path, w.b.Person.ID.String()) && product(w, to, r, func(rec *httptest.ResponseRecorder) {
				rec.Body = bytes.NewBufferString(strings.Replace(rec.Body.String(), "</main>", "<p>elsewhere</p></main>", 1))
			})
		}},
		{name: "a header that knows", under: "/orgs/{org}/people/{user}", want: "told apart", serve: func(w world, to http.ResponseWriter, r *http.Request) bool {
			return strings.Contains(r.URL.Path, w.b.Person.ID.String()) && product(w, to, r, func(rec *httptest.ResponseRecorder) { rec.Header().Set("ETag", `"1"`) })
		}},
		{name: "a piece that forgets the guard", under: ticketPath, want: told, serve: func(_ world, to http.ResponseWriter, r *http.Request) bool {
			return r.Header.Get("Hx-Request") != "" && at(r, http.MethodPost, "org-b") && answer(to, 404, canary)
		}},
		{name: "data that forgets the guard", under: ticketPath, want: told, serve: func(_ world, to http.ResponseWriter, r *http.Request) bool {
			return r.Header.Get("Accept") == "application/json" && at(r, http.MethodGet, "org-b") && answer(to, 404, `{"title":"`+canary+`"}`)
		}},
	}
}

func holesBesides() []hole {
	return []hole{
		{name: "a change without the organization", under: ticketPath + "/status", want: "rows of tickets have changed", serve: func(w world, to http.ResponseWriter, r *http.Request) bool {
			if at(r, http.MethodPost, "org-b") {
				w.exec(`update tickets set priority = 4 where number = 1`)
			}
			return false
		}},
		{name: "a foreign key of one column", under: ticketPath + "/assignee", want: "holds what is B's",
			serve: func(w world, to http.ResponseWriter, r *http.Request) bool {
				if at(r, http.MethodPost, "org-a") {
					if id, err := uuid.Parse(r.FormValue("assignee")); err == nil {
						w.exec(`set session_replication_role = replica`)
						w.exec(`update tickets set assignee_id = $1 where tenant_id = $2`, id, w.a.TenantID)
						w.exec(`set session_replication_role = default`)
					}
				}
				return false
			}},
		{name: "a line in the log", under: ticketPath, want: "the log holds a canary", serve: func(w world, _ http.ResponseWriter, r *http.Request) bool {
			if at(r, http.MethodGet, "org-b") {
				w.site.App.Log.Info("no access to " + canary)
			}
			return false
		}},
		{name: "a mail to the wrong people", under: "/orgs/{org}/people/invitations", want: "holds a canary", serve: func(w world, _ http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPost {
				err := w.site.App.Mails.Send(r.Context(), mails.Mail{
					Key: "hole:" + uuid.NewString(), Kind: "hole", Message: mailer.Message{To: "ada@a.example", Subject: "News", Text: canary, HTML: canary},
				})
				if err != nil {
					w.tb.Fatal(err)
				}
			}
			return false
		}},
		{name: "a job with data in it", under: ticketPath, want: "jobs hold a canary", serve: func(w world, _ http.ResponseWriter, r *http.Request) bool {
			if at(r, http.MethodPost, "org-a") {
				w.exec(`insert into river.river_job (args, kind, max_attempts, queue, state, scheduled_at) values ($1, 'hole', 1, 'default', 'scheduled', now() + interval '1 year')`,
					`{"title": "`+canary+`"}`)
			}
			return false
		}},
		{name: "a search without the organization", under: "/orgs/{org}/tickets", want: told, serve: func(_ world, to http.ResponseWriter, r *http.Request) bool {
			return r.URL.Path == "/orgs/org-a/tickets" && r.URL.Query().Has("q") && answer(to, 200, canary)
		}},
		{name: "an error that quotes", under: ticketPath, want: "500", serve: func(_ world, to http.ResponseWriter, r *http.Request) bool {
			_, err := uuid.Parse(r.URL.Query().Get("parent"))
			return err == nil && r.Method == http.MethodGet && answer(to, 500, "constraint violated")
		}},
	}
}

// A sweep that finds nothing proves something only if it finds what is there: each hole is caught, and the first one,
// which the policies hold, is none.
func TestPlantedHolesAreCaught(t *testing.T) {
	t.Parallel()
	for _, h := range holes() {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			caughtHole(t, h)
		})
	}
}

func caughtHole(t *testing.T, h hole) {
	t.Helper()
	rec := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		plantHole(rec, h)
	}()
	<-done
	found := strings.Join(rec.found, "\n")
	if h.want == "" && found != "" {
		t.Errorf("found what is not there:\n%s", found)
	}
	if !strings.Contains(found, h.want) {
		t.Errorf("not caught; the sweep says:\n%s", found)
	}
}

func plantHole(t testing.TB, h hole) {
	w := newWorld(t)
	w.tb, w.product = t, w.site.Handler
	if h.sql != "" {
		w.exec(h.sql)
	}
	w.site.Handler = http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		if !h.serve(w, to, r) {
			w.product.ServeHTTP(to, r)
		}
	})
	w.sweep(t, []string{"ada"}, h.under)
}
