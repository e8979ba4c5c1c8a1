package handlers_test

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/events"
	"plinth/internal/tenants"
	"plinth/jobs"
)

// passes lets days pass for what is due, and has the hourly look done with what it causes.
func (a acme) passes(t *testing.T, d time.Duration) {
	t.Helper()
	a.Worker.Privacy.Now = func() time.Time { return time.Now().Add(d) }
	if err := a.Worker.Privacy.PurgeDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.Settle(t)
}

// intact verifies the history of acme and that of the accounts, sealed.
func (a acme) intact(t *testing.T) (acme events.Report) {
	t.Helper()
	for _, tenant := range []uuid.UUID{uuid.Nil, a.owner.TenantID} {
		if _, err := a.Worker.Audit.Sweep(t.Context(), tenant); err != nil {
			t.Fatal(err)
		}
		report, err := a.Worker.Audit.Verify(t.Context(), tenant)
		if err != nil || len(report.Faults) > 0 {
			t.Errorf("%s: %v %+v", tenant, err, report.Faults)
		}
		acme = report
	}
	return acme
}

func TestADeletedOrganizationIsErased(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	wrote(t, a.Site, a.owner, "WEB", "of-dana")
	b, member := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	exported(t, a.Site, b)
	a.intact(t)
	a.deleted(t, b)
	a.passes(t, tenants.RestoreFor-time.Hour)
	b.Get(orgDeletion).Want(200).Says("is deleted")
	if report := a.intact(t); report.Purged || report.Events == 0 {
		t.Errorf("before the time is over: %+v", report)
	}
	alter(t, a.Site, `update tenants set suspended_at = now()`)
	a.passes(t, tenants.RestoreFor+time.Hour) // what staff suspended is kept
	alter(t, a.Site, `update tenants set suspended_at = null`)
	b.Get(orgDeletion).Want(200).Says("is deleted")

	a.passes(t, tenants.RestoreFor+time.Hour)
	for _, path := range []string{orgDeletion, "/orgs/acme", orgExport} {
		b.Get(path).Want(404)
		member.Get(path).Want(404)
	}
	b.Post("/orgs/acme/deletion/restore", nil).Want(404)
	b.Get("/orgs").At("/orgs/new").Silent("Acme")
	b.Get("/account").Want(200)
	if report := a.intact(t); !report.Purged || report.Events != 0 {
		t.Errorf("when it is erased: %+v", report)
	}
	if n := rowsOf(t, a.Site, `select count(*) from account_events where action = 'organization.erased' and user_id = $1
		and changes #>> '{tickets,0}' = '3' and changes ? 'asked' and changes ? 'deleted' and changes::text !~ '(?i)acme|dana|@'`, a.owner.TenantID); n != 1 {
		t.Errorf("%d records of the erasure", n)
	}
	if n := rowsOf(t, a.Site, `select count(*) from tenant_purges`); n != 0 {
		t.Errorf("%d counts are left", n)
	}
	// Staff find nothing of it, and so leave no trace in a history that is gone.
	_, staff := a.Staff(t, "Sam Reyes", sam)
	staff.Get("/admin/organizations").Want(200).Silent("erased-")
	staff.Get("/admin/organizations/"+a.owner.TenantID.String()).Want(200).Says("Nothing of it is left.").Silent("Acme", "acme", "erased-", "hx-trigger")
	staff.Post("/admin/organizations/"+a.owner.TenantID.String()+"/notes", url.Values{"note": {"x"}}).Want(404)
	// The address is free, and a second look finds nothing.
	a.passes(t, tenants.RestoreFor+2*time.Hour)
	if _, err := a.Worker.Privacy.PurgeOrganization(t.Context(), a.owner.TenantID); !errors.Is(err, jobs.ErrNothingToDo) {
		t.Errorf("erased again: %v", err)
	}
	member.Get("/orgs/new").Submit("/orgs", "name", "Acme", "slug", "acme").Want(200).At("/orgs/acme")
	if err := a.Worker.Audit.SweepAll(t.Context(), uuid.Nil); err != nil {
		t.Fatal(err)
	}
	a.Settle(t)
	a.intact(t)
	if strings.Contains(a.Log.String(), "audit: the seals") {
		t.Error("the sealer rings the alarm for what was erased")
	}
}

// While it is erased staff see how far that is, and do nothing to it.
func TestStaffSeeHowFarAnErasureIs(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	_, staff := a.Staff(t, "Sam Reyes", sam)
	at := "/admin/organizations/" + a.owner.TenantID.String()
	alter(t, a.Site, `update tenants set closing_at = now(), deleted_at = now() - interval '31 days', purging_at = now()`)
	staff.Get("/admin/organizations").Want(200).Says("Being erased")
	staff.Get(at).Want(200).Says("Erasing of Acme", "0 rows are gone").Silent(dana)
	alter(t, a.Site, `insert into tenant_purges (tenant_id, noun, erased) select id, n, e from tenants, (values ('tickets', 5000), ('ticket_labels', 12)) x (n, e)`)
	staff.Get(at).Want(200).Says("5,012 rows are gone", "tickets 5,000", "ticket labels 12", "Nothing leads back")
	for _, act := range []string{"/restore", "/suspend", "/notes", "/transfer"} {
		staff.Post(at+act, url.Values{"reason": {"x"}, "why": {"x"}, "note": {"x"}, "id": {uuid.NewString()}}).Want(404)
	}
	if n := rowsOf(t, a.Site, `select count(*) from events where action = 'staff.viewed'`); n != 0 {
		t.Errorf("%d notes in a history that is being erased", n)
	}
}

// Bringing it back and erasing it begin in the same moment: one of them wins, wholly.
func TestRestoredOrErased(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	a.deleted(t, b)
	a.Worker.Privacy.RunFor, a.Worker.Privacy.PurgePage = 1, 1
	for i := range 20 {
		alter(t, a.Site, `update tenants set closing_at = now(), deleted_at = now() - interval '31 days' where purging_at is null`)
		var both sync.WaitGroup
		var restored, purged error
		both.Go(func() { _, restored = a.App.Tenants.Restore(t.Context(), a.owner) })
		both.Go(func() { _, purged = a.Worker.Privacy.PurgeOrganization(t.Context(), a.owner.TenantID) })
		both.Wait()
		begun := rowsOf(t, a.Site, `select count(*) from tenants where purging_at is not null`)
		alive := rowsOf(t, a.Site, `select count(*) from tenants where deleted_at is null`)
		switch {
		case begun == 1 && alive == 0 && purged == nil && restored != nil:
			b.Post("/orgs/acme/deletion/restore", nil).Want(404) // erasing goes on, and nothing leads back
			return
		case begun == 0 && alive == 1 && restored == nil && errors.Is(purged, jobs.ErrNothingToDo):
		default:
			t.Fatalf("%d: begun %d, alive %d: restored %v, purged %v", i, begun, alive, restored, purged)
		}
	}
}
