package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/internal/webhooks"
)

// demoHook is a webhook of the demo with what was posted to it. Its server is nobody's (RFC 2606), and it hears of nothing that
// happens in the demo itself: what is there is written down, and nothing is called.
type demoHook struct {
	URL, Description string
	Types            []string
	Paused           bool
	Sent             []demoPost
}

// demoPost is one delivery: what was answered to each of its tries, the last of which is the end. 0 is no answer.
type demoPost struct {
	Type    string
	Hours   int // ago
	Answers []int
}

func demoHooks() []demoHook {
	heard := []string{"member.left", "project.archived", "project.unarchived"}
	return []demoHook{
		{URL: "https://hooks.acme.example/plinth", Description: "Deploy board", Types: heard, Sent: []demoPost{
			{webhooks.TestType, 300, []int{204}}, {"project.archived", 230, []int{204}}, {"project.unarchived", 228, []int{503, 0, 204}},
			{"member.left", 170, []int{422, 422, 422, 422, 422}}, {"project.archived", 40, []int{500, 204}}, {"project.unarchived", 39, []int{204}}, {webhooks.TestType, 5, []int{204}},
		}},
		{URL: "https://chat.acme.example/in", Description: "Chat bridge", Types: heard, Paused: true, Sent: []demoPost{
			{webhooks.TestType, 400, []int{200}}, {"project.archived", 230, []int{0, 0, 0, 0, 0, 0}}, {"project.unarchived", 228, []int{0, 0}},
		}},
	}
}

// hooks makes the webhooks of an organization. What was sent is written as the owner of the tables, because it is the past.
func (s Seed) hooks(ctx context.Context, conn *pgx.Conn, boss scope.Scope) error {
	for _, h := range demoHooks() {
		endpoint := id("webhook "+h.URL, 500)
		if err := s.Webhooks.Create(ctx, boss, webhooks.EndpointForm{ID: endpoint, URL: h.URL, Description: h.Description, Types: h.Types}); err != nil {
			return fmt.Errorf("webhook %s: %w", h.URL, err)
		}
		if h.Paused {
			if err := s.Webhooks.Pause(ctx, boss, endpoint); err != nil {
				return fmt.Errorf("pause %s: %w", h.URL, err)
			}
		}
		for _, p := range h.Sent {
			if err := sent(ctx, conn, boss.TenantID, endpoint, p); err != nil {
				return fmt.Errorf("what was sent to %s: %w", h.URL, err)
			}
		}
	}
	_, err := conn.Exec(ctx, `
		update webhook_endpoints set paused_for = 'failing', paused_at = now() - interval '150 hours', missed_since = now() - interval '230 hours'
		where tenant_id = $1 and state = 'paused' and paused_for = 'hand'`, boss.TenantID)
	return err
}

// sent writes down one delivery with its tries.
func sent(ctx context.Context, conn *pgx.Conn, tenant, endpoint uuid.UUID, p demoPost) error {
	event := id(fmt.Sprintf("delivery %s %s %d", endpoint, p.Type, p.Hours), p.Hours)
	typ, known := events.TypeOf(p.Type)
	if !known {
		typ = events.Type{Name: p.Type, Version: 1, Object: "webhook"}
	}
	example := webhooks.Example(typ)
	at := time.Now().Add(-time.Duration(p.Hours) * time.Hour).Truncate(time.Microsecond)
	example.Timestamp, example.Data.ID, example.Data.Organization.ID = at.UTC(), event, tenant
	payload, err := json.Marshal(example)
	if err != nil {
		return err
	}
	last := p.Answers[len(p.Answers)-1]
	state, failed := webhooks.Delivered, ""
	ended := at
	if failed = refusal(last); failed != "" {
		state = webhooks.Failed
	}
	var batch pgx.Batch
	batch.Queue(`
		insert into webhook_deliveries (tenant_id, endpoint_id, event_id, type, payload, state, attempts, next_at, queued_at, created_at, ended_at, last_status, last_error)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8, $8, $9, $10) on conflict do nothing`,
		tenant, endpoint, event, p.Type, string(payload), state, len(p.Answers), at, last, failed)
	for i, status := range p.Answers {
		answer := ""
		if status != 0 && status != 204 {
			answer = fmt.Sprintf(`{"status": %d}`, status)
		}
		batch.Queue(`
			insert into webhook_attempts (tenant_id, id, endpoint_id, event_id, at, took_ms, signature, status, answer, error)
			values ($1, $2, $3, $4, $5, $6, 'v1,demo', $7, $8, $9) on conflict do nothing`,
			tenant, id(fmt.Sprintf("try %d of %s", i, event), p.Hours), endpoint, event, ended, 40+13*i, status, answer, refusal(status))
		ended = ended.Add([]time.Duration{5 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}[min(i, 5)])
	}
	batch.Queue(`update webhook_deliveries set ended_at = $4 where tenant_id = $1 and endpoint_id = $2 and event_id = $3`, tenant, endpoint, event, ended)
	return conn.SendBatch(ctx, &batch).Close()
}

// refusal is why a try was none; "" is a success.
func refusal(status int) string {
	switch {
	case status == 0:
		return "It was not answered within five seconds."
	case status >= 300:
		return fmt.Sprintf("It was answered with %d.", status)
	}
	return ""
}
