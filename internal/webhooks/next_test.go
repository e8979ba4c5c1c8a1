package webhooks

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/webhooks/webhooksdb"
)

// What is next is found without walking over what is set aside, is over, or is not due, however much of it there is.
func TestWhatIsNextIsFoundAtOnce(t *testing.T) {
	t.Parallel()
	conn := dbtest.Connect(t, dbtest.New(t).Super)
	tenant, endpoint := uuid.New(), uuid.New()
	for _, sql := range []string{
		`set session_replication_role = replica`, // rows of the tables around are not looked at here
		`insert into webhook_deliveries (tenant_id, endpoint_id, event_id, type, payload, state, aside, attempts, next_at, queued_at, created_at)
		select '` + tenant.String() + `', '` + endpoint.String() + `', lpad(to_hex(n), 32, '0')::uuid, 'project.changed', '{}',
			case when n % 2 = 0 then 'waiting' else 'delivered' end, n <= 10000, 1, now() + case when n <= 10000 then interval '1 hour' else interval '-1 hour' end, now(), now()
		from generate_series(1, 20000) n`,
		`analyze webhook_deliveries`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	now, tried := time.Now(), []uuid.UUID{uuid.New()}
	for name, q := range map[string]struct {
		sql  string
		args []any
		most float64
	}{
		"next":            {webhooksdb.NextDelivery, []any{tenant, endpoint, now, tried}, 10},
		"next of failing": {webhooksdb.NextOfFailing, []any{tenant, endpoint, now, tried}, 10},
		"another":         {webhooksdb.AnotherDelivery, []any{tenant, endpoint, now, tried}, 1000},
		"earliest":        {webhooksdb.Earliest, []any{tenant, endpoint}, 10},
		"what is old":     {webhooksdb.GiveUpOld, []any{tenant, endpoint, now, "old", now.Add(-time.Hour), 1000}, 10},
	} {
		var raw []byte
		if err := conn.QueryRow(t.Context(), "explain (analyze, format json) "+q.sql, q.args...).Scan(&raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var plans []struct{ Plan node }
		if err := json.Unmarshal(raw, &plans); err != nil {
			t.Fatal(err)
		}
		if got := plans[0].Plan.touched(); got > q.most {
			t.Errorf("%s: %v rows are walked over\n%s", name, got, raw)
		}
	}
}

// node is a step of a plan.
type node struct {
	Rows    float64 `json:"Actual Rows"`
	Loops   float64 `json:"Actual Loops"`
	Removed float64 `json:"Rows Removed by Filter"`
	Plans   []node
}

func (n node) touched() float64 {
	sum := (n.Rows + n.Removed) * n.Loops
	for _, p := range n.Plans {
		sum += p.touched()
	}
	return sum
}
