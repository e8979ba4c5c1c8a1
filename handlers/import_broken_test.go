package handlers_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/dbtest"
	"plinth/jobs"
)

// holds runs sql in a transaction that stays open, so that whoever needs what it locks waits.
func (a acme) holds(t *testing.T, sql string) pgx.Tx {
	t.Helper()
	tx, err := dbtest.Connect(t, a.Database.Super).Begin(t.Context())
	if err == nil {
		_, err = tx.Exec(t.Context(), sql)
	}
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// waits returns when somebody waits for a lock.
func (a acme) waits(t *testing.T) {
	t.Helper()
	looking := dbtest.Connect(t, a.Database.Super)
	for waiting := 0; waiting == 0; {
		if err := looking.QueryRow(t.Context(), `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
}

func commit(t *testing.T, tx pgx.Tx) {
	t.Helper()
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// turn is what a turn of an import came to.
type turn struct {
	more bool
	err  error
}

// turns begins a turn of an import beside the test.
func (a acme) turns(ctx context.Context, id uuid.UUID) chan turn {
	out := make(chan turn, 1)
	go func() {
		more, err := a.Worker.Transfer.RunImport(ctx, a.owner.TenantID, id)
		out <- turn{more, err}
	}()
	return out
}

func (a acme) counts(t *testing.T, sql string, want int) {
	t.Helper()
	var got int
	if err := a.Worker.DB.InTenant(context.WithoutCancel(t.Context()), a.owner, scalar(sql, &got)); err != nil || got != want {
		t.Errorf("%s: %d, want %d (%v)", sql, got, want, err)
	}
}

// A turn that runs out of time is done again, and one that can only fail says so all the same.
func TestATurnWithoutTime(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	page := begun(t, a.Site, b, "Title\n"+strings.Repeat("one more\n", 1200))
	page.Submit(page.Path + "/start").Want(200)
	id := a.until(t, `state = 'running'`)
	ctx, cancel := context.WithCancel(t.Context())
	locked := a.holds(t, `select from imports for update`)
	answer := a.turns(ctx, id)
	a.waits(t)
	cancel()
	commit(t, locked)
	if got := <-answer; got.err == nil || errors.Is(got.err, jobs.ErrNothingToDo) {
		t.Errorf("a turn whose time is over says %+v, and is not tried again", got)
	}
	a.counts(t, `select count(*) from imports where state = 'running' and made = at and made = (select count(*) - 1 from tickets) and made < 1200`, 1)
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("1,200 tickets came in.")
	a.counts(t, `select count(*) from tickets`, 1201)

	page = begun(t, a.Site, b, "Title\none\n")
	page.Submit(page.Path + "/start").Want(200)
	a.exec(t, `update projects set archived_at = now()`)
	id = a.until(t, `state = 'running'`)
	ctx, cancel = context.WithCancel(t.Context())
	now := a.Worker.Projects.Plans.Now
	a.Worker.Projects.Plans.Now = func() time.Time { cancel(); return now() } // asked between what is read and what is said of it
	if got := <-a.turns(ctx, id); got.more || !errors.Is(got.err, jobs.ErrNothingToDo) || ctx.Err() == nil {
		t.Errorf("a turn that can only fail says %+v (%v)", got, ctx.Err())
	}
	a.Worker.Projects.Plans.Now = now
	b.Get(page.Path).Want(200).Says("This import has stopped. The project was archived meanwhile.")
}

// A panic is tried again like other failures, and its last one tells whoever waits.
func TestATurnThatPanics(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	page := begun(t, a.Site, b, "Title\none\ntwo\n")
	page.Submit(page.Path + "/start").Want(200)
	a.Worker.Transfer.Now = func() time.Time { panic("the clock is broken") } // asked in the last transaction
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("Bringing tickets in: 2 of 2 rows.")
	a.counts(t, `select made from imports`, 2)
	again := func() {
		t.Helper()
		a.exec(t, `update river.river_job set state = 'available', scheduled_at = now(), attempt = max_attempts - 1 where kind = 'run_import' and state = 'retryable'`)
		a.Settle(t)
	}
	again()
	page = b.Get(page.Path).Want(200).Says("This import has stopped. Something went wrong on our side.", "2 tickets are in already.")
	a.Worker.Transfer.Now = nil
	page.Submit(page.Path + "/resume").Want(200)
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("2 tickets came in.")
	a.counts(t, `select count(*) from tickets`, 3)
}

// Whoever finds an import further on than it was goes on from there; one that has another state is left alone.
func TestATurnThatComesLate(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	page := begun(t, a.Site, b, "Key,Title,Parent\n1,one,\n2,two,1\n")
	page.Submit(page.Path + "/start").Want(200)
	id := a.until(t, `state = 'running'`)
	for _, c := range []struct {
		meanwhile, back string
		more            bool
	}{
		{`update imports set at = 1`, `update imports set at = 0`, true},
		{`update imports set step = 1`, `update imports set step = 0`, true},
		{`update imports set state = 'failed'`, `update imports set state = 'running'`, false},
	} {
		locked := a.holds(t, `select from imports for update`)
		answer := a.turns(t.Context(), id)
		a.waits(t)
		if _, err := locked.Exec(t.Context(), c.meanwhile); err != nil {
			t.Fatal(err)
		}
		commit(t, locked)
		if got := <-answer; got.more != c.more || errors.Is(got.err, jobs.ErrNothingToDo) == c.more {
			t.Errorf("%s: %+v", c.meanwhile, got)
		}
		a.counts(t, `select count(*) from tickets`, 1)
		a.exec(t, c.back)
	}
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("2 tickets came in.")
	a.counts(t, `select count(*) from tickets where parent_id is not null`, 1)
}

// The night forgets nothing that somebody goes on with in that moment.
func TestForgettingBesideGoingOn(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	page := begun(t, a.Site, b, "Title\none\n")
	page.Submit(page.Path + "/start").Want(200)
	id := a.until(t, `state = 'running'`)
	if err := a.Worker.Transfer.GiveUpImport(t.Context(), a.owner.TenantID, id); err != nil {
		t.Fatal(err)
	}
	a.exec(t, `update imports set updated_at = now() - interval '8 days'`)
	resumed := a.holds(t, `update imports set state = failed_in, problem = '', updated_at = now()`) // as going on does
	tidied := make(chan error, 1)
	go func() { tidied <- a.Worker.Transfer.Tidy(t.Context(), a.owner.TenantID) }()
	a.waits(t)
	commit(t, resumed)
	if err := <-tidied; err != nil {
		t.Fatal(err)
	}
	a.counts(t, `select count(*) from imports where forgotten_at is null and key <> ''`, 1)
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("1 ticket came in.")

	// The other way round nobody goes on with what is forgotten.
	page = begun(t, a.Site, b, "Title\none\n")
	page.Submit(page.Path + "/start").Want(200)
	id = a.until(t, `state = 'running'`)
	if err := a.Worker.Transfer.GiveUpImport(t.Context(), a.owner.TenantID, id); err != nil {
		t.Fatal(err)
	}
	forgotten := a.holds(t, `update imports set forgotten_at = now() where state = 'failed'`)
	answer := make(chan int, 1)
	go func() { answer <- b.Clone().Post(page.Path+"/resume", nil).Status }()
	a.waits(t)
	commit(t, forgotten)
	if got := <-answer; got != 200 {
		t.Errorf("going on with what is forgotten: %d", got)
	}
	b.Get(page.Path).Want(200).Says("This import has stopped.").Silent("Go on with it")
}
