package events_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
)

// purge erases the history as it is erased with its organization; the record tells of so many seals.
func (h *house) purge(seals string) {
	h.t.Helper()
	err := h.audit.DB.InAdmin(context.Background(), func(ctx context.Context, tx db.Tx) error {
		if _, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{UserID: h.dana.TenantID, Action: events.ErasureBegun}); err != nil {
			return err
		}
		for n := int64(1); n > 0; {
			var err error
			if _, n, err = events.PurgeTx(ctx, tx, h.dana.TenantID, 3); err != nil {
				return err
			}
		}
		_, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
			UserID: h.dana.TenantID, Action: events.OrganizationErased, Changes: map[string][2]string{"event_seals": {seals, "0"}},
		})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.audit.Seal(context.Background(), uuid.Nil); err != nil {
		h.t.Fatal(err)
	}
}

// A history that is gone is told from one that was erased, by what the accounts' history says, whatever else is there.
func TestAnErasedHistoryIsToldFromOneThatIsGone(t *testing.T) {
	t.Parallel()
	gone := func(h *house) {
		for _, table := range []string{"unsealed_events", "event_erasures", "event_seals", "events"} {
			h.run(`delete from `+table+` where tenant_id = $1`, h.dana.TenantID)
		}
	}
	old := func(h *house) { h.run(`update account_events set at = at - interval '1 year'`) }
	for _, c := range []struct {
		name   string
		do     func(h *house)
		want   []string
		erased bool
	}{
		{"erased", func(h *house) { h.purge("10") }, nil, true},
		{"erased, and not sealed yet", func(h *house) {
			h.purge("10")
			h.run(`delete from account_event_seals`)
		}, nil, true},
		{"taken away", gone, []string{events.Truncated}, false},
		{"taken away, and marked as if it was erased", func(h *house) {
			gone(h)
			h.run(`update tenants set closing_at = now(), deleted_at = now(), purging_at = now(), purged_at = now(), name = ''`)
		}, []string{events.Truncated}, false},
		{"taken away, with a record that nothing sealed", func(h *house) {
			gone(h)
			h.run(`insert into account_events (id, user_id, action, at) values (gen_random_uuid(), $1, 'organization.erased', now() - interval '1 hour')`, h.dana.TenantID)
		}, []string{events.Truncated}, false},
		{"taken away, with another's record given out for its own", func(h *house) {
			h.account(h.mira)
			if err := h.audit.Seal(context.Background(), uuid.Nil); err != nil {
				t.Error(err)
			}
			gone(h)
			h.run(`update account_events set user_id = $1, action = 'organization.erased'`, h.dana.TenantID)
			old(h)
		}, []string{events.Truncated}, false},
		{"erased after its end was cut off", func(h *house) {
			h.run(`delete from event_seals where tenant_id = $1 and seq > 8`, h.dana.TenantID)
			h.purge("8")
		}, []string{events.Truncated}, true},
		{"written to after it was erased", func(h *house) {
			h.purge("10")
			h.happen(1)
		}, []string{events.Remaining}, true},
		{"being erased", func(h *house) {
			h.purge("10")
			h.run(`delete from account_events where action = 'organization.erased'`)
		}, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.sealEach(10)
			c.do(h)
			if got := h.kinds(); !slices.Equal(got, c.want) {
				t.Errorf("told %q, want %q: %+v", got, c.want, h.verify().Faults)
			}
			if got := h.verify().Purged; got != c.erased {
				t.Errorf("taken for erased: %v", got)
			}
		})
	}
}

// An erasure that began and does not end is a fault, and so is a record that was changed, in the history of accounts.
func TestAnErasureThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sealEach(3)
	h.run(`insert into account_events (id, user_id, action, at) values (gen_random_uuid(), $1, 'organization.erasure_begun', now() - interval '8 days')`, h.dana.TenantID)
	if _, err := h.audit.Sweep(t.Context(), uuid.Nil); err != nil {
		t.Fatal(err)
	}
	if got := h.kinds(); !slices.Equal(got, []string{events.Remaining}) {
		t.Errorf("told %q", got)
	}
	h.run(`update account_events set changes = '{"event_seals": ["1", "0"]}'`)
	report, err := h.audit.Verify(t.Context(), uuid.Nil)
	if err != nil || len(report.Faults) != 1 || report.Faults[0].Kind != events.Changed {
		t.Errorf("a changed record: %+v, %v", report, err)
	}
}
