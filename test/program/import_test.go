package program

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/config"
	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// A worker that is killed in the middle of an import has lost nothing that it committed: the next one goes on behind it, and no
// row comes twice.
func TestWorkerKilledInTheMiddleOfAnImport(t *testing.T) {
	t.Parallel()
	const rows = 20_000
	d, files := dbtest.New(t), "file://"+t.TempDir()
	site := webtest.On(t, d, nil, func(c *config.Config) { c.BlobURL = config.Secret(files) })
	owner := site.Org(t, site.Account(t, "Dana", "dana@example.com"), "acme", "Acme")
	site.Fill(t, owner, "WEB", 1)
	b := site.SignIn(t, "dana@example.com")
	var table bytes.Buffer
	table.WriteString("Key,Title,Status,Parent\n")
	for i := range rows {
		fmt.Fprintf(&table, "%d,Row %d of the table,%s,%d\n", i, i, []string{"To do", "Done"}[i%2], i/10)
	}
	page := "/orgs/acme/projects/WEB/import/" + uuid.NewString()
	form := url.Values{"id": {page[strings.LastIndex(page, "/")+1:]}}
	b.Upload("/orgs/acme/projects/WEB/import", form, webtest.File{Field: "file", Name: "tickets.csv", Type: "text/csv", Data: table.Bytes()}, nil).Want(303)
	b.Get(page).Submit(page + "/columns").Want(200)
	site.Settle(t)
	b.Get(page).Says("20,000 tickets will be made").Submit(page + "/start").Want(200)

	env := []string{
		"APP_ENV=test", "APP_URL=http://127.0.0.1:8080", "DATABASE_URL=" + d.App, "DATABASE_WORKER_URL=" + d.Worker, "DATABASE_ADMIN_URL=" + d.Admin,
		"SECRET_KEYS=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))), "SMTP_URL=smtp://127.0.0.1:1", "BLOB_URL=" + files,
		"STRIPE_SECRET_KEY=sk_test_webtest", "STRIPE_WEBHOOK_SECRETS=whsec_webtestwebtest", "JOBS_RESCUE_AFTER=20s",
	}
	conn := dbtest.Connect(t, d.Super)
	read := func(sql string) (n int) {
		t.Helper()
		if err := conn.QueryRow(context.Background(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := Start(t, t.TempDir(), env, "worker")
	first.await("bring some tickets in", func() bool { return read(`select made from imports`) > 0 })
	first.Kill()
	if made := read(`select made from imports`); made >= rows || made != read(`select count(*) from tickets`)-1 {
		t.Fatalf("%d tickets were in when it was killed, of %d", made, read(`select count(*) from tickets`)-1)
	}
	begun := time.Now()
	second := Start(t, t.TempDir(), env, "worker")
	second.awaitWithin(patience+onceWithin, "bring the rest in", func() bool { return read(`select count(*) from imports where state = 'done'`) == 1 })
	t.Logf("all in %v after the restart", time.Since(begun).Round(time.Millisecond))
	for sql, want := range map[string]int{
		`select count(*) from tickets`: rows + 1, `select count(distinct title) from tickets`: rows + 1, `select count(distinct number) from tickets`: rows + 1,
		`select sum(tickets) from ticket_counts`: rows + 1, `select count(*) from tickets where parent_id is not null`: rows - 1, `select made from imports`: rows,
	} {
		if got := read(sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	if err := second.Stop(); err != nil {
		t.Errorf("the worker ended with %v:\n%s", err, second.Output())
	}
}
