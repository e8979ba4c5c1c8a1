package arch

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// owners says which module's queries write a table. Reads may join; writing goes through the owner.
func owners() map[string]string {
	list := map[string]string{
		"users":    "users staff_notes",
		"events":   "events account_events unsealed_events undispatched_events event_subscriptions event_seals account_event_seals event_erasures account_event_erasures audit.heads audit.account_heads daily_metrics daily_totals metric_cursors",
		"flags":    "flags flag_targets announcements",
		"mails":    "mails mail_suppressions",
		"tenants":  "tenants memberships invitations tenant_slugs tenant_policies join_links ownership_transfers",
		"auth":     "signups one_time_tokens sessions totp_factors recovery_codes passkeys email_changes known_devices identities impersonations",
		"privacy":  "account_exports tenant_exports tenant_purges",
		"session":  "http_sessions",
		"limit":    "rate_buckets",
		"pulse":    "instances timings",
		"admin":    "job_acts",
		"jobs":     "bulk_leases bulk_wants",
		"files":    "attachments file_totals",
		"transfer": "project_exports imports",
		"webhooks": "webhook_endpoints webhook_deliveries webhook_attempts webhook_replays",
		"notify":   "notifications notification_projects notification_choices report_subscriptions",
		"projects": "projects project_members ticket_counters tickets comments ticket_counts ticket_days statuses labels ticket_labels ticket_watchers mentions ticket_links reactions ticket_moves saved_views search_docs search_words search_variants",
		"billing":  "billing_customers subscriptions subscription_changes invoices plan_overrides stripe_events billing_tasks billing_trials billing_intents billing_effects subscription_checks billing_syncs billing_drifts usage_hours revenue_checks billing_settings",
	}
	out := map[string]string{}
	for owner, tables := range list {
		for _, table := range strings.Fields(tables) {
			out[table] = owner
		}
	}
	return out
}

// projectData are the tables that a person sees through visible_to only.
func projectData() []string {
	return strings.Fields("projects project_members ticket_counters tickets comments ticket_counts ticket_days statuses labels ticket_labels ticket_watchers mentions ticket_links reactions ticket_moves saved_views attachments search_docs")
}

var (
	createTable  = regexp.MustCompile(`(?m)^create table (?:if not exists )?([\w.]+)`)
	classComment = regexp.MustCompile(`(?m)^comment on table ([\w.]+) is 'class: (\w+)'`)
)

// classes reads the migrations: each table and its class, "" when none is told.
func classes(all []source) map[string]string {
	out := map[string]string{}
	for _, s := range all {
		if !strings.HasPrefix(s.path, "sql/migrations/") {
			continue
		}
		up, _, _ := strings.Cut(s.text, "-- +goose Down")
		for _, m := range createTable.FindAllStringSubmatch(up, -1) {
			out[m[1]] = ""
		}
		for _, m := range classComment.FindAllStringSubmatch(up, -1) {
			out[m[1]] = m[2]
		}
	}
	return out
}

func queries(all []source) []statement {
	var out []statement
	for _, s := range all {
		if strings.HasPrefix(s.path, "sql/queries/") {
			out = append(out, statements(s.path, s.text)...)
		}
	}
	return out
}

// ownerFaults: every table has an owner, and only the owner's queries write it.
func ownerFaults(class map[string]string, all []statement) []string {
	var faults []string
	owner := owners()
	for _, table := range slices.Sorted(maps.Keys(class)) {
		if owner[table] == "" {
			faults = append(faults, fmt.Sprintf("rule 4: table %s has no owner; name one in internal/arch", table))
		}
		if class[table] == "" {
			faults = append(faults, fmt.Sprintf("rule 4: table %s has no class; say comment on table %s is 'class: …'", table, table))
		}
	}
	for _, q := range all {
		for _, u := range uses(q.sql, isTable(class)) {
			if u.writes && owner[u.table] != q.module {
				faults = append(faults, fmt.Sprintf("rule 4: query %s writes %s, which belongs to %s", q, u.table, owner[u.table]))
			}
		}
	}
	return faults
}

func isTable(class map[string]string) func(string) bool {
	return func(name string) bool { _, ok := class[name]; return ok }
}

// tenantFaults: a query names tenant_id of each tenant table it touches, or says why it crosses organizations.
func tenantFaults(class map[string]string, all []statement) []string {
	var faults []string
	for _, q := range all {
		reason, claims := q.said["every organization"]
		missing := withoutTenant(q, class)
		switch {
		case claims && reason == "":
			faults = append(faults, fmt.Sprintf("rule 4: query %s crosses organizations without a reason", q))
		case claims && len(missing) == 0:
			faults = append(faults, fmt.Sprintf("rule 4: query %s claims to cross organizations and names tenant_id", q))
		case !claims && len(missing) > 0:
			faults = append(faults, fmt.Sprintf("rule 4: query %s does not name tenant_id of %s", q, strings.Join(missing, ", ")))
		}
	}
	return faults
}

var bareTenant = regexp.MustCompile(`(?:^|[^.\w])tenant_id\b`)

// withoutTenant lists the tenant tables of a query whose tenant_id is not named. An unqualified tenant_id counts for a
// query with one tenant table, and for the table that is written.
func withoutTenant(q statement, class map[string]string) []string {
	var tenant []use
	for _, u := range uses(q.sql, isTable(class)) {
		if class[u.table] == "tenant" {
			tenant = append(tenant, u)
		}
	}
	bare := bareTenant.MatchString(q.sql)
	var missing []string
	for _, u := range tenant {
		named := regexp.MustCompile(`\b` + regexp.QuoteMeta(u.alias) + `\.tenant_id\b`).MatchString(q.sql)
		if !named && (!bare || len(tenant) > 1 && !u.writes) {
			missing = append(missing, u.table)
		}
	}
	return missing
}

// visibleFaults: a query on project data asks visible_to, or says why it need not.
func visibleFaults(class map[string]string, all []statement) []string {
	var faults []string
	for _, q := range all {
		touches := slices.ContainsFunc(uses(q.sql, isTable(class)), func(u use) bool { return slices.Contains(projectData(), u.table) })
		asks := strings.Contains(q.sql, "visible_to(") || strings.Contains(q.sql, "ticket_at(") // which asks it
		reason, claims := q.said["every project"]
		switch {
		case claims && reason == "":
			faults = append(faults, fmt.Sprintf("rule 4: query %s leaves out visible_to without a reason", q))
		case claims && (!touches || asks):
			faults = append(faults, fmt.Sprintf("rule 4: query %s claims an exception from visible_to that it does not need", q))
		case touches && !asks && !claims:
			faults = append(faults, fmt.Sprintf("rule 4: query %s touches project data without visible_to; ask it, or say `-- every project: <reason>`", q))
		}
	}
	return faults
}

func TestTables(t *testing.T) {
	t.Parallel()
	all := allSources(t)
	class, asked := classes(all), queries(all)
	if len(class) < 20 || len(asked) < 40 {
		t.Fatalf("read %d tables and %d queries: the reader misses most", len(class), len(asked))
	}
	none(t, ownerFaults(class, asked))
	none(t, tenantFaults(class, asked))
	none(t, visibleFaults(class, asked))
}

func TestTablesArePlanted(t *testing.T) {
	t.Parallel()
	class := map[string]string{"users": "global", "memberships": "tenant", "tickets": "tenant", "comments": "tenant"}
	q := func(module, sql string) []statement {
		return statements("sql/queries/"+module+"/x.sql", "-- name: X :one\n"+sql)
	}
	const seen = " and project_id in (select v.project_id from visible_to($1, $2) v)"
	for _, c := range []struct {
		check func(map[string]string, []statement) []string
		query []statement
		want  string
	}{
		{ownerFaults, q("projects", "update users set name = 'x' where id = $1"), "query projects.X writes users, which belongs to users"},
		{ownerFaults, q("admin", "with gone as (delete from comments where true returning 1) select 1"), "writes comments, which belongs to projects"},
		{ownerFaults, q("billing", "insert into memberships (tenant_id) values ($1)"), "writes memberships, which belongs to tenants"},
		{tenantFaults, q("projects", "select 1 from tickets where id = $1"), "does not name tenant_id of tickets"},
		{tenantFaults, q("projects", "select 1 from tickets t join comments c on c.ticket_id = t.id where t.tenant_id = $1"), "does not name tenant_id of comments"},
		{tenantFaults, q("projects", "update tickets set title = $1 where id = $2"), "does not name tenant_id of tickets"},
		{tenantFaults, q("projects", "select 1 from tickets where 'tenant_id' = $1 -- tenant_id"), "does not name tenant_id of tickets"},
		{tenantFaults, q("admin", "-- every organization:\nselect 1 from tickets"), "without a reason"},
		{tenantFaults, q("admin", "-- every organization: old\nselect 1 from tickets where tenant_id = $1"), "claims to cross organizations"},
		{visibleFaults, q("projects", "select 1 from tickets where tenant_id = $1"), "touches project data without visible_to"},
		{visibleFaults, q("projects", "-- every project:\nselect 1 from tickets where tenant_id = $1"), "leaves out visible_to without a reason"},
		{visibleFaults, q("projects", "-- every project: old\nselect 1 from tickets where tenant_id = $1"+seen), "that it does not need"},
	} {
		caught(t, c.check(class, c.query), c.want)
	}
	caught(t, ownerFaults(map[string]string{"users": "global", "forgotten": "tenant"}, nil), "table forgotten has no owner")
	caught(t, ownerFaults(map[string]string{"users": ""}, nil), "table users has no class")
	for _, fine := range [][]statement{
		q("projects", "select 1 from tickets where tenant_id = $1"+seen),
		q("projects", "-- every project: the nightly recount belongs to nobody\nselect 1 from tickets where tenant_id = $1"),
		q("users", "update users set name = $1 where id = $2"),
	} {
		none(t, slices.Concat(ownerFaults(class, fine), tenantFaults(class, fine), visibleFaults(class, fine)))
	}
}
