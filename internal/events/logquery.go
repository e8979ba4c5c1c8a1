package events

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/scope"
)

// logColumns are read for the rows of a page alone, behind the limit. Each name is looked up by its key: with joins the
// planner takes to reading all people, of all organizations. The person that a change is about stands in it by id,
// before and after. Pictures come with the people that the log can be narrowed down to.
const logColumns = `e.id, e.at, e.action, e.object_kind, e.object_name, e.changes, e.actor_id,
  coalesce((select u.name from users u where u.id = e.actor_id), '') || coalesce((select ' as ' || u.name from users u where u.id = e.acting_as), ''),
  coalesce((select p.key from projects p where p.tenant_id = e.tenant_id and p.id = e.project_id), ''),
  coalesce((select t.number from tickets t where t.tenant_id = e.tenant_id and t.id = e.object_id), 0),
  '',
  e.object_id, e.person::text,
  coalesce((select u.name from users u where u.id = case when c.before ~ '^[0-9a-f-]{36}$' then c.before::uuid end), ''),
  coalesce((select u.name from users u where u.id = case when c.after ~ '^[0-9a-f-]{36}$' then c.after::uuid end), ''),
  e.request_id, coalesce(s.seq, 0), s.hash,
  exists (select from event_erasures x where x.tenant_id = e.tenant_id and x.event_id = e.id)`

const logJoins = `
left join lateral (select s.seq, s.hash from event_seals s where s.tenant_id = e.tenant_id and s.event_id = e.id limit 1) s on true
cross join lateral (
  select coalesce(e.changes -> 'assignee', e.changes -> 'member') ->> 0 as before, coalesce(e.changes -> 'assignee', e.changes -> 'member') ->> 1 as after
) c`

// queueLog reads the newest n entries behind the cursor. Its shape depends on what was asked, so that the index of the
// one filter gives the order; its texts are constants, and what people typed travels as arguments only.
func queueLog(r *db.Reads, s scope.Scope, f LogFilter, after LogCursor, n int, into *[]LogEntry) {
	conditions, args := []string{"x.tenant_id = $1"}, []any{s.TenantID}
	and := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		conditions = append(conditions, condition)
	}
	if f.Person == Plinth {
		and("x.actor_id is null")
	} else if id, err := uuid.Parse(f.Person); err == nil {
		and("x.actor_id = ?", id)
	}
	if f.Kind != "" {
		and("x.object_kind = ?", f.Kind)
	}
	if f.Action != "" {
		and("x.action = ?", f.Action)
	}
	if !f.From.IsZero() {
		and("x.at >= ?", f.From)
	}
	if !f.Before.IsZero() {
		and("x.at < ?", f.Before)
	}
	if after.ID != uuid.Nil {
		and("(x.at, x.id) < (?, ?)", after.At, after.ID)
	}
	args = append(args, n)
	db.Rows(r, into, "select "+logColumns+"\nfrom (\n  select *\n  from events x\n  where "+strings.Join(conditions, " and ")+
		fmt.Sprintf("\n  order by x.at desc, x.id desc\n  limit $%d\n) e", len(args))+logJoins+"\norder by e.at desc, e.id desc", args...)
}
