package handlers_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/events"
	"plinth/internal/pulse"
	"plinth/jobs/worker"
)

func quietWorker() worker.Options {
	return worker.Options{Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), FetchCooldown: 5 * time.Millisecond}
}

// beats lets an instance live until the returned function ends it.
func beats(t *testing.T, p *pulse.Pulse, kind string) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx, kind) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// until asks for a page again until it says something.
func (o office) until(t *testing.T, path, says string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for !strings.Contains(o.staff.Get(path).Want(200).Text(), says) {
		if ctx.Err() != nil {
			o.staff.Get(path).Says(says)
			return
		}
	}
}

func TestSystemSaysWhatRuns(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staff.Get("/admin/system").Want(200).Says("No worker lives", "0 of web, 0 of workers", "No process has told of itself yet", "Migration", "DATABASE_URL", "SECRET_KEYS", "[redacted]").
		Silent("sk_test_webtest", "whsec_webtestwebtest", "a2tra2tr")
	first := pulse.New(o.Worker.DB, o.Worker.Log)
	endWeb, endFirst, endSecond := beats(t, o.App.Pulse, pulse.Web), beats(t, first, pulse.Worker), beats(t, o.Worker.Pulse, pulse.Worker)
	o.until(t, "/admin/system", "1 of web, 2 of workers")
	o.staff.Get("/admin/system").Says("The workers have no leader")

	options := quietWorker()
	options.ID = o.Worker.Pulse.ID.String()
	client, err := o.Worker.Worker(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.until(t, "/admin/system", "Alive Leader")
	if err := client.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	endSecond()
	o.staff.Get("/admin/system").Want(200).Says("1 of web, 1 of workers")
	o.exec(t, `update instances set seen_at = now() - interval '1 minute' where id = $1`, first.ID)
	o.staff.Get("/admin/system").Want(200).Says("Silent", "1 of web, 0 of workers", "No worker lives")
	endFirst()
	endWeb()
	o.exec(t, `update goose_db_version set is_applied = false where version_id = (select max(version_id) from goose_db_version)`)
	o.staff.Get("/admin/system").Want(200).Says("run plinth migrate")
}

// What a request did is found by its id: events, jobs, and the mails that these sent.
func TestWhatARequestDid(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staff.Get("/admin/find?q="+strings.ToLower(request)).Want(200).At("/admin/requests/"+request).Says("ticket.created", "Acme", "Dana").Silent(hostile)
	o.staff.Get("/admin/find?q=AAAAAAAAAAAAAAAA").Want(200).At("/admin/find").Says("Nothing found")

	o.Browser(t).Get("/forgot").Submit("/forgot", "email", dana).Want(http.StatusOK)
	id := o.one(t, `select coalesce(metadata ->> 'request', '') from river.river_job where kind = 'send_reset' order by id desc limit 1`)
	o.staff.Get("/admin/requests/"+id).Want(200).Says("send_reset", "Waiting")
	o.Settle(t)
	subject := o.one(t, `select subject from mails where request_id = $1`, id)
	o.staff.Get("/admin/find?q="+id).Want(200).At("/admin/requests/"+id).Says("send_reset", "Done", subject, dana)
	o.exec(t, `insert into account_events (id, user_id, actor_id, action, request_id) values (gen_random_uuid(), $1, $1, 'account.signed_in', $2)`, o.acme.Person.ID, id)
	o.staff.Get("/admin/requests/"+id).Want(200).Says("Events of accounts", "account.signed_in", "Dana")

	// The jobs that follow from an event are of the request that made it.
	by := o.acme
	by.Request = "ZYXWVUTSRQPNMLKJ"
	err := o.App.DB.InTenant(t.Context(), by, func(ctx txContext, tx txn) error {
		return events.AppendTx(ctx, tx, by, events.Event{Action: "ticket.commented", ObjectKind: "ticket", ObjectID: uuid.New()})
	})
	if err != nil {
		t.Fatal(err)
	}
	o.Settle(t)
	o.staff.Get("/admin/requests/"+by.Request).Want(200).Says("ticket.commented", "notify_ticket")
}
