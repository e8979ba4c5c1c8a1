package bench

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

// crowd is people of one organization who all look at the same board, each with a stream of their own.
type crowd struct {
	*webtest.Site
	owner   scope.Scope
	cookies []string
}

func newCrowd(t testing.TB, people int) crowd {
	t.Helper()
	s := webtest.New(t)
	c := crowd{Site: s, owner: s.Org(t, s.Account(t, "Dana Whitfield", "dana@example.com"), "acme", "Acme")}
	c.owner = s.Give(t, c.owner, "business")
	s.Fill(t, c.owner, "WEB", 1)
	conn := dbtest.Connect(t, s.Database.Super)
	for _, sql := range []string{
		`insert into users (id, email, name, password_hash, email_verified_at, terms_version, terms_accepted_at) select gen_random_uuid(), 'reader-' || i || '@example.com', 'Reader ' || i, '', now(), '-', now() from generate_series(1, ` + fmt.Sprint(people) + `) i`,
		`insert into memberships (tenant_id, id, user_id, role) select t.id, gen_random_uuid(), u.id, 'member' from tenants t, users u where u.email like 'reader-%'`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := conn.Query(t.Context(), `select id from users where email like 'reader-%'`)
	if err != nil {
		t.Fatal(err)
	}
	var ids []uuid.UUID
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	for _, id := range ids {
		for name, value := range s.Recognized(t, id).Cookies() {
			c.cookies = append(c.cookies, name+"="+value)
		}
	}
	return c
}

// reader reads a stream from a bare connection: what it costs itself is next to nothing.
type reader struct {
	conn net.Conn
	in   *bufio.Reader
}

// read opens a stream at an address for each cookie and reads up to the first mark of each.
func read(t testing.TB, base string, cookies []string) []reader {
	t.Helper()
	out := make([]reader, len(cookies))
	var failed error
	var mu sync.Mutex
	var wait sync.WaitGroup
	room := make(chan struct{}, 16)
	for i, cookie := range cookies {
		wait.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			r, err := openStream(base, cookie)
			mu.Lock()
			defer mu.Unlock()
			if out[i] = r; err != nil {
				failed = err
			}
		})
	}
	wait.Wait()
	t.Cleanup(func() {
		for _, r := range out {
			if r.conn != nil {
				_ = r.conn.Close()
			}
		}
	})
	if failed != nil {
		t.Fatalf("open the streams: %v", failed)
	}
	return out
}

func openStream(base, cookie string) (reader, error) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		return reader{}, err
	}
	r := reader{conn: conn, in: bufio.NewReaderSize(conn, 512)}
	if _, err := fmt.Fprintf(conn, "GET /live HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nSec-Fetch-Site: same-origin\r\n\r\n", webtest.Host, cookie); err != nil {
		return r, err
	}
	first, err := r.in.ReadString('\n')
	if err != nil {
		return r, err
	}
	if !strings.Contains(first, " 200 ") {
		return r, fmt.Errorf("the stream is answered %q", first)
	}
	return r, r.until(": open")
}

// until reads to the line that begins so.
func (r reader) until(begin string) error {
	for {
		line, err := r.in.ReadString('\n')
		if err != nil || strings.HasPrefix(line, begin) {
			return err
		}
	}
}

// told changes the status of a ticket, which Fill made "progress", so many times, one after the other, and returns how
// long after the beginning of each change every stream had been told.
func (c crowd) told(t testing.TB, readers []reader, times int) []time.Duration {
	t.Helper()
	var out []time.Duration
	for i := range times {
		heard := make([]time.Duration, len(readers))
		failed := make([]error, len(readers))
		var wait sync.WaitGroup
		begun := time.Now()
		for n, r := range readers {
			_ = r.conn.SetReadDeadline(begun.Add(20 * time.Second))
			wait.Go(func() {
				failed[n] = r.until(`data: {"org":"acme"`)
				heard[n] = time.Since(begun)
			})
		}
		status := []projects.Status{"todo", "review"}[i%2]
		if err := c.App.Projects.SetTicketStatus(t.Context(), c.owner, "WEB", 1, status); err != nil {
			t.Fatal(err)
		}
		wait.Wait()
		if i := slices.IndexFunc(failed, func(err error) bool { return err != nil }); i >= 0 {
			t.Fatalf("a stream ended: %v", failed[i])
		}
		out = append(out, heard...)
	}
	slices.Sort(out)
	return out
}

// A hundred people look at a board, and all are told of a change within a second.
func TestStreamsAreTold(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 100)
	base := c.Serve(t)
	readers := read(t, base, c.cookies)
	if took := c.told(t, readers, 3); took[len(took)-1] > time.Second {
		t.Errorf("the last of a hundred is told after %v", took[len(took)-1])
	}
	if n := c.App.Live.Stats().Streams; n != 100 {
		t.Errorf("%d streams are open, want 100", n)
	}
}
