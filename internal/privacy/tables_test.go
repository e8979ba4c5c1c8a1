package privacy_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"plinth/internal/dbtest"
)

// inTheCopy says which columns a person's copy takes from, by table: each table that points at a person or holds an
// address is here or among outOfTheCopy.
func inTheCopy() map[string]string {
	return map[string]string{
		"users":                "email name terms_version time_zone picture staff_role suspended_reason",
		"staff_notes":          "body",
		"account_events":       "action changes person",
		"mails":                "recipient kind subject state",
		"sessions":             "user_agent address methods",
		"passkeys":             "name",
		"identities":           "provider issuer subject email",
		"email_changes":        "old_email new_email",
		"memberships":          "role",
		"tickets":              "title body status",
		"comments":             "body",
		"attachments":          "name content_type sha256",
		"events":               "action object_kind object_name changes person",
		"notification_choices": "kind way",
	}
}

// outOfTheCopy are the columns and whole tables that a copy leaves out, each with its reason.
func outOfTheCopy() map[string]string {
	return map[string]string{
		"users.password_hash":       "a secret",
		"account_events.request_id": "finds log lines",
		"impersonations":            "each of them stands in the account's history, which is in the copy",
		"events.request_id":         "finds log lines",
		"mails.key":                 "the program's own",
		"attachments.key":           "where the file lies, which is in the copy itself",
		"attachments.thumbnail":     "a state",
		"mails.error":               "of the mail server",
		"mails.answer":              "of the mail server",
		"mails.detail":              "of the mail provider",
		"mails.outcome":             "of the mail provider",
		"mails.request_id":          "finds log lines",
		"mails.message_id":          "the program's own; it stands in the mail itself",
		"mails.job_kind":            "the program's own",
		"mails.job_args":            "the program's own: ids",
		"passkeys.credential_id":    "a key",
		"passkeys.credential":       "a key",
		"totp_factors":              "a secret; when it was set up is in the copy",
		"recovery_codes":            "hashes; when they were made is in the copy",
		"known_devices":             "hashes; when they were seen is in the copy",
		"one_time_tokens":           "hashes of links that expire within days",
		"signups":                   "of people who have no account yet",
		"invitations":               "written by the organization; the mail about it is in the copy",
		"mail_suppressions":         "of the mail server",
		"projects":                  "created_by says who began what belongs to all",
		"project_members":           "in projects that others may have closed since",
		"notifications":             "leads to tickets and comments; what it was made of is in the copy as far as it is theirs",
		"notification_projects":     "which projects they asked to hear more or less of, which others may have closed since",
		"report_subscriptions":      "which projects they asked to hear of every week, which others may have closed since",
		"tenants":                   "created_by; the membership is in the copy",
		"join_links":                "written by the organization",
		"ownership_transfers":       "ids and times alone; the events are in the copy",
		"billing_trials":            "ids and the plan alone",
		"billing_settings":          "where an organization gets its invoices, written by it",
		"plan_overrides":            "written by staff about an organization",
		"billing_tasks":             "written by staff about an organization",
		"account_exports":           "the copy itself",
		"tenant_exports":            "the organization's copy; the event about it is in the copy",
		"tickets.rank":              "a place on a board",
		"project_exports":           "copies that they fetched, gone within days",
		"imports":                   "brought in for the organization; the tickets are in the copy as far as they wrote them",
		"ticket_watchers":           "ids and times alone",
		"mentions":                  "ids and times alone; what was written is in the copy of who wrote it",
		"saved_views":               "what a list is narrowed to, in projects that others may have closed since",
		"ticket_links":              "ids and times alone",
		"reactions":                 "one of six signs below what somebody wrote",
		"webhook_endpoints":         "of the organization, with its secrets",
		"webhook_replays":           "a while whose events an organization has sent once more",
		"flag_targets":              "which parts of Plinth staff switched on or off for them, by key",
		"announcements":             "written by staff",
	}
}

// inTheErasure says what an erasure takes of each table: the columns it empties, or all of its rows.
func inTheErasure() map[string]string {
	return map[string]string{
		"users":                 "email name password_hash time_zone picture staff_role suspended_reason",
		"staff_notes":           everyRow,
		"account_events":        "person",
		"events":                "person",
		"mails":                 everyRow,
		"mail_suppressions":     everyRow,
		"sessions":              everyRow,
		"passkeys":              everyRow,
		"identities":            everyRow,
		"email_changes":         everyRow,
		"impersonations":        "reason raised_reason",
		"totp_factors":          everyRow,
		"recovery_codes":        everyRow,
		"known_devices":         everyRow,
		"one_time_tokens":       everyRow,
		"signups":               everyRow,
		"account_exports":       everyRow,
		"invitations":           "email",
		"notifications":         everyRow,
		"notification_projects": everyRow,
		"notification_choices":  everyRow,
		"report_subscriptions":  everyRow,
		"billing_settings":      "email",
		"flag_targets":          everyRow,
	}
}

// outOfTheErasure are the columns and whole tables that an erasure leaves as they are, each with its reason.
func outOfTheErasure() map[string]string {
	return map[string]string{
		"users.terms_version":       "which terms held says nothing of whom",
		"account_events.action":     "of somebody who has no name any more; the chain of seals stands on it",
		"account_events.changes":    "ids and kinds: what is personal is in person",
		"account_events.request_id": "leads to log lines, which are gone by then",
		"events.action":             "of somebody who has no name any more; the chain of seals stands on it",
		"events.object_kind":        "a kind",
		"events.object_name":        "of tickets, projects and organizations",
		"events.changes":            "ids and kinds: what is personal is in person",
		"events.request_id":         "leads to log lines, which are gone by then",
		"invitations.role":          "of somebody who has no name any more",
		"memberships":               "ends; a role of somebody who has no name any more",
		"tickets":                   "written for the organization, which keeps them",
		"comments":                  "written for the organization, which keeps them",
		"attachments":               "given to the organization, which keeps them",
		"projects":                  "of the organization",
		"project_members":           "ids alone",
		"tenants":                   "of the organization",
		"join_links":                "of the organization",
		"ownership_transfers":       "ids and times alone",
		"billing_trials":            "ids and the plan alone, so that nobody has two trials",
		"plan_overrides":            "written by staff about an organization",
		"billing_tasks":             "written by staff about an organization",
		"tenant_exports":            "who asked, by an id that names nobody any more",
		"project_exports":           "who asked, by an id that names nobody any more; gone within days",
		"imports":                   "brought in for the organization, which keeps what it holds",
		"ticket_watchers":           "ids and times alone",
		"mentions":                  "ids and times alone",
		"saved_views":               "what a list is narrowed to, by somebody who has no name any more",
		"ticket_links":              "ids and times alone",
		"reactions":                 "one of six signs of somebody who has no name any more",
		"webhook_endpoints":         "of the organization; created_by names nobody any more",
		"webhook_replays":           "who asked, by an id that names nobody any more; gone within 30 days",
		"announcements":             "written by staff; created_by names nobody any more",
	}
}

// everyRow is for tables whose rows go as a whole.
const everyRow = "*"

const columns = `
select c.table_name::text, c.column_name::text, c.data_type::text
from information_schema.columns c
join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
where c.table_schema = 'public'
order by c.table_name, c.ordinal_position`

type column struct{ Table, Name, Type string }

// personal are the tables that point at a person or hold an address.
func personal(all []column) map[string][]column {
	pointing := map[string]bool{}
	for _, c := range all {
		name := c.Name
		if strings.HasSuffix(name, "email") || slices.Contains(strings.Fields("user_id author_id actor_id assignee_id created_by invited_by accepted_by from_user staff_id recipient address subject_id"), name) {
			pointing[c.Table] = true
		}
	}
	pointing["users"] = true
	out := map[string][]column{}
	for table := range pointing {
		out[table] = nil
	}
	for _, c := range all {
		text := slices.Contains([]string{"text", "jsonb", "json", "bytea", "inet", "ARRAY", "character varying"}, c.Type)
		if pointing[c.Table] && text {
			out[c.Table] = append(out[c.Table], c)
		}
	}
	return out
}

// half is one of the two things every table must be ready for.
type half struct {
	in, without map[string]string
	by          string // the function of the module
}

func halves() []half {
	return []half{{inTheCopy(), outOfTheCopy(), "ExportTx"}, {inTheErasure(), outOfTheErasure(), "EraseTx"}}
}

func faults(all []column) []string {
	var out []string
	for _, h := range halves() {
		out = append(out, h.faults(all)...)
	}
	slices.Sort(out)
	return out
}

func (h half) faults(all []column) []string {
	in, without := h.in, h.without
	var out []string
	seen := map[string]bool{}
	for table, list := range personal(all) {
		seen[table] = true
		if in[table] == "" && without[table] == "" {
			out = append(out, table+" points at a person: give it to the module's "+h.by+" and name it here, or say why not")
		}
		for _, c := range list {
			name := table + "." + c.Name
			seen[name] = true
			if in[table] != everyRow && !slices.Contains(strings.Fields(in[table]), c.Name) && without[name] == "" && without[table] == "" {
				out = append(out, fmt.Sprintf("%s may hold something of a person: give it to the module's %s and name it here, or say why not", name, h.by))
			}
		}
	}
	for table := range maps.Keys(in) {
		for _, name := range strings.Fields(in[table]) {
			if name != everyRow && !seen[table+"."+name] || !seen[table] {
				out = append(out, table+"."+name+" is named and is not there")
			}
		}
	}
	for name := range maps.Keys(without) {
		if !seen[name] {
			out = append(out, name+" is left out and is not there")
		}
	}
	return out
}

func readColumns(t *testing.T) []column {
	t.Helper()
	rows, err := dbtest.Connect(t, dbtest.New(t).Super).Query(t.Context(), columns)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryPersonalColumnIsCopiedAndErasedOrNot(t *testing.T) {
	t.Parallel()
	for _, f := range faults(readColumns(t)) {
		t.Error(f)
	}
}

func TestForgottenColumnsAreSeen(t *testing.T) {
	t.Parallel()
	all := readColumns(t)
	for name, planted := range map[string][]column{
		"visits":      {{"visits", "user_id", "uuid"}, {"visits", "at", "date"}},
		"diary.entry": {{"diary", "user_id", "uuid"}, {"diary", "entry", "text"}},
		"posts.phone": {{"posts", "email", "text"}, {"posts", "phone", "jsonb"}},
		"users.phone": {{"users", "phone", "text"}},
	} {
		got := faults(slices.Concat(all, planted))
		for _, h := range halves() {
			if !slices.ContainsFunc(got, func(f string) bool { return strings.HasPrefix(f, name+" ") && strings.Contains(f, h.by) }) {
				t.Errorf("%s was not noticed for %s: %q", name, h.by, got)
			}
		}
	}
	if got := faults(slices.DeleteFunc(slices.Clone(all), func(c column) bool { return c.Table == "comments" })); len(got) != 2 {
		t.Errorf("a table that is gone: %q", got)
	}
}
