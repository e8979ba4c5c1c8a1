// Package bench holds what is measured against something else in the same run.
package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/test/webtest"
	"plinth/views"
	"plinth/views/ui"
)

// asked is one statement that the product sent for a page.
type asked struct {
	sql  string
	args []any
}

// recorder hears every statement.
type recorder struct {
	mu  sync.Mutex
	all []asked
}

func (r *recorder) add(sql string, args []any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, asked{sql, args})
}

func (r *recorder) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	r.add(d.SQL, d.Args)
	return ctx
}
func (r *recorder) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (r *recorder) TraceBatchStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	for _, q := range d.Batch.QueuedQueries {
		r.add(q.SQL, q.Arguments)
	}
	return ctx
}
func (r *recorder) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (r *recorder) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

// byHand serves the recorded statements the way a hand-written handler would send them, reads every row, and renders the
// same view. batch sends all of them in one round trip.
func byHand(t testing.TB, pool *pgxpool.Pool, statements []asked, view func(context.Context, http.ResponseWriter) error, batch bool) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := pool.Acquire(r.Context())
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		defer conn.Release()
		if batch {
			err = together(r.Context(), conn, statements)
		} else {
			err = oneByOne(r.Context(), conn, statements)
		}
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := view(r.Context(), w); err != nil {
			t.Error(err)
		}
	})
}

func oneByOne(ctx context.Context, conn *pgxpool.Conn, statements []asked) error {
	for _, s := range statements {
		rows, err := conn.Query(ctx, s.sql, s.args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			if _, err := rows.Values(); err != nil {
				return err
			}
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("%s: %w", s.sql, err)
		}
	}
	return nil
}

func together(ctx context.Context, conn *pgxpool.Conn, statements []asked) error {
	var b pgx.Batch
	for _, s := range statements {
		b.Queue(s.sql, s.args...).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				if _, err := rows.Values(); err != nil {
					return err
				}
			}
			return rows.Err()
		})
	}
	return conn.SendBatch(ctx, &b).Close()
}

// beside is the organization's dashboard in three ways: the product, and hand-written net/http and pgx handlers that do
// the same queries with a round trip for each, and in one batch.
type beside struct {
	ways    map[string]http.Handler
	cookies map[string]string
}

func newBeside(t testing.TB) beside {
	t.Helper()
	d := dbtest.New(t)
	rec := &recorder{}
	options := db.Options{MaxConns: 4, Configure: func(c *pgxpool.Config) { c.ConnConfig.Tracer = rec }}
	traced := webtest.On(t, d, []db.Options{options})
	owner := traced.Org(t, traced.Account(t, "Dana", "dana@example.com"), "acme", "Acme")
	traced.Fill(t, owner, "WEB", 500)
	browser := traced.SignIn(t, "dana@example.com")
	browser.Get("/orgs/acme").Want(200)
	rec.all = nil
	page := browser.Get("/orgs/acme").Want(200).Body
	t.Logf("%d statements, %d bytes", len(rec.all), len(page))
	data, err := traced.App.Projects.Dashboard(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	nav := ui.Nav{
		Person: ui.Person{ID: owner.Person.ID.String(), Name: "Dana", Email: "dana@example.com"}, Path: "/orgs/acme",
		Org: &ui.NavOrg{Slug: "acme", Name: "Acme", RoleLabel: "Owner", CanManage: true}, Orgs: []ui.NavOrg{{Slug: "acme", Name: "Acme"}},
		Projects: []ui.NavProject{{Key: "WEB", Name: "Project WEB", Hue: "patina"}},
	}
	view := func(ctx context.Context, w http.ResponseWriter) error {
		return views.Dashboard(owner, data, "Free").Render(ui.WithNav(ctx, nav), w)
	}
	plain := webtest.On(t, d, []db.Options{{MaxConns: 4}})
	pool := plain.App.DB.Pool()
	return beside{cookies: plain.SignIn(t, "dana@example.com").Cookies(), ways: map[string]http.Handler{
		"plinth": plain.Handler, "statements": byHand(t, pool, rec.all, view, false), "batch": byHand(t, pool, rec.all, view, true),
	}}
}

func (b beside) ask(t testing.TB, way string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://"+webtest.Host+"/orgs/acme", nil)
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.ways[way].ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("%d: %s", w.Code, w.Body.String())
	}
}

func BenchmarkDashboard(b *testing.B) {
	it := newBeside(b)
	for _, way := range []string{"plinth", "statements", "batch"} {
		b.Run(way, func(b *testing.B) {
			it.ask(b, way)
			for b.Loop() {
				it.ask(b, way)
			}
		})
	}
}
