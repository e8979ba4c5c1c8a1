package plans

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"

	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// node is a step of a plan, as explain tells it.
type node struct {
	Type      string  `json:"Node Type"`
	Relation  string  `json:"Relation Name"`
	Index     string  `json:"Index Name"`
	Cond      string  `json:"Index Cond"`
	Rows      float64 `json:"Actual Rows"`
	Loops     float64 `json:"Actual Loops"`
	Filtered  float64 `json:"Rows Removed by Filter"`
	Rechecked float64 `json:"Rows Removed by Index Recheck"`
	Hit       int     `json:"Shared Hit Blocks"`
	Read      int     `json:"Shared Read Blocks"`
	Plans     []node

	table string // of a part of a bitmap
}

// all is the node with those below it. The parts of a bitmap are given the table that the bitmap is for.
func (n node) all() []node {
	out := []node{n}
	for _, below := range n.Plans {
		if below.Relation == "" && strings.HasPrefix(below.Type, "Bitmap") {
			below.table = n.table + n.Relation
		}
		out = append(out, below.all()...)
	}
	return out
}

// plan is how Postgres answered a statement.
type plan struct {
	statement
	generic bool // made for any arguments, as Postgres does for a statement that comes often
	top     node
}

// blocks are the pages of 8 KB that were looked at.
func (p plan) blocks() int { return p.top.Hit + p.top.Read }

// rows are those of the organizations' tables that were looked at, used or not.
func (w *world) rows(p plan) int {
	sum := 0.0
	for _, n := range p.top.all() {
		if w.tables[n.Relation] == "tenant" {
			sum += (n.Rows + n.Filtered + n.Rechecked) * n.Loops
		}
	}
	return int(sum)
}

// faults are the steps that read more of a table than what is this organization's, or this person's.
func (w *world) faults(p plan) []string {
	var out []string
	for _, n := range p.top.all() {
		table := n.Relation + n.table
		switch {
		case w.tables[table] == "":
		case n.Type == "Seq Scan":
			out = append(out, "reads all of "+table)
		case w.tables[table] == "tenant" && n.Index != "" && !ownCond(table, n.Cond):
			out = append(out, fmt.Sprintf("reads %s of %s by %q, which is not one organization's", n.Index, table, n.Cond))
		case n.Index != "" && w.leaps(n.Index, n.Cond):
			out = append(out, fmt.Sprintf("walks %s of %s: %q leaves out a column before another", n.Index, table, n.Cond))
		}
	}
	return out
}

// leaps says whether an index is asked for a column without one that stands before it: then all of the index that the
// first columns leave is walked, and no count of rows tells. What one ticket has is little.
func (w *world) leaps(index, cond string) bool {
	if strings.Contains(cond, "(ticket_id = ") {
		return false
	}
	left := false
	for _, column := range w.indexes[index] {
		bound := strings.Contains(cond, "("+column+" ") || strings.Contains(cond, "ROW("+column+",")
		if bound && left {
			return true
		}
		left = left || !bound
	}
	return false
}

// ownCond says whether an index is entered by what belongs to one organization; what a person belongs to is found by
// the person.
func ownCond(table, cond string) bool {
	return strings.Contains(cond, "tenant_id = ") || table == "memberships" && strings.Contains(cond, "user_id = ")
}

// how is a way to ask for plans.
type how struct {
	conn    *pgx.Conn
	role    string // that is taken on; empty stays who connected
	generic bool
	planted string // done in the transaction before, and undone with it
}

// plans replays a round trip in a transaction that is undone, and asks how each of its queries is answered.
func (h how) plans(t *testing.T, b batch) []plan {
	t.Helper()
	ctx := context.Background()
	tx, err := h.conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	h.exec(t, tx, h.planted)
	if h.role != "" {
		h.exec(t, tx, "set local role "+h.role)
	}
	if h.generic {
		h.exec(t, tx, "set local plan_cache_mode = force_generic_plan")
	}
	var out []plan
	for _, s := range b.statements {
		if !s.reads() {
			continue
		}
		out = append(out, h.explain(t, tx, s))
		if strings.Contains(s.sql, "set_config"+"(") { // the scope of what comes behind it
			if _, err := tx.Exec(ctx, s.sql, s.args...); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out
}

var remark = regexp.MustCompile(`(?m)^--.*$`)

var changing = regexp.MustCompile(`\b(insert|update|delete)\b`)

// reads says whether the statement is a query. What changes something, begins and ends is left out.
func (s statement) reads() bool {
	text := strings.TrimSpace(remark.ReplaceAllString(s.sql, ""))
	return strings.HasPrefix(text, "select") || strings.HasPrefix(text, "with") && !changing.MatchString(text)
}

// name is that of sql/queries, or the beginning of a text that code writes.
func (s statement) name() string {
	if rest, ok := strings.CutPrefix(s.sql, "-- name: "); ok {
		name, _, _ := strings.Cut(rest, " ")
		return name
	}
	return strings.Join(strings.Fields(s.sql), " ")
}

func (h how) explain(t *testing.T, tx pgx.Tx, s statement) plan {
	t.Helper()
	ctx := context.Background()
	const explain = "explain (analyze, buffers, timing off, format json) "
	sql, args := explain+s.sql, s.args
	if h.generic {
		h.exec(t, tx, "prepare asked as "+s.sql)
		defer h.exec(t, tx, "deallocate asked")
		sql, args = explain+"execute asked", nil
		if len(s.args) > 0 {
			sql += "(" + strings.Join(literals(t, s.args), ", ") + ")"
		}
	}
	var told []byte // explain tells of one statement in a list
	if err := tx.QueryRow(ctx, sql, args...).Scan(&told); err != nil {
		t.Fatalf("explain %s: %v", s.name(), err)
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal(told, &plans); err != nil {
		t.Fatal(err)
	}
	return plan{statement: s, generic: h.generic, top: plans[0].Plan}
}

func (h how) exec(t *testing.T, tx pgx.Tx, sql string) {
	t.Helper()
	if _, err := tx.Exec(context.Background(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// literals are arguments as SQL has them.
func literals(t *testing.T, args []any) []string {
	t.Helper()
	var out []string
	for _, a := range args {
		text := ""
		switch a := a.(type) {
		case uuid.UUID:
			text = a.String()
		case time.Time:
			text = a.Format(time.RFC3339Nano)
		case []string:
			text = "{" + strings.Join(a, ",") + "}"
		case []int16:
			text = strings.ReplaceAll(fmt.Sprintf("{%d}", a), " ", ",")
			text = "{" + strings.Trim(text, "{}[]") + "}"
		case string, int, int16, int32, int64, bool, float64:
			text = fmt.Sprint(a)
		default:
			t.Fatalf("an argument of type %T cannot be written down", a)
		}
		out = append(out, "'"+strings.ReplaceAll(text, "'", "''")+"'")
	}
	return out
}
