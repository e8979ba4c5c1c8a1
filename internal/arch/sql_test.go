package arch

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// statement is one named query of sql/queries/<module>/, its text without comments, literals and capitals.
type statement struct {
	module string
	name   string
	sql    string
	said   map[string]string // remarks of the form `-- <word>: <reason>`
}

func (s statement) String() string { return s.module + "." + s.name }

// remarks are the exceptions that a query may claim, with its reason: `-- every organization: …` for one that crosses
// organizations, `-- every project: …` for one on project data that asks no visible_to.
func remarks() []string { return []string{"every organization", "every project"} }

var queryName = regexp.MustCompile(`(?m)^-- name: (\w+) :\w+`)

// statements takes a query file apart.
func statements(path, text string) []statement {
	parts := strings.Split(path, "/")
	mod := parts[len(parts)-2]
	marks := queryName.FindAllStringSubmatchIndex(text, -1)
	var out []statement
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		body := text[m[1]:end]
		out = append(out, statement{module: mod, name: text[m[2]:m[3]], sql: plain(body), said: remarksIn(body)})
	}
	return out
}

func remarksIn(body string) map[string]string {
	said := map[string]string{}
	for line := range strings.Lines(body) {
		for _, word := range remarks() {
			if reason, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "+word+":"); ok {
				said[word] = strings.TrimSpace(reason)
			}
		}
	}
	return said
}

var (
	lineComment  = regexp.MustCompile(`(?m)--.*$`)
	blockComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	literal      = regexp.MustCompile(`'(?:[^']|'')*'`)
	word         = regexp.MustCompile(`[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?|[^\sa-z_]`)
)

// plain is SQL without what could be mistaken for it.
func plain(sql string) string {
	for _, noise := range []*regexp.Regexp{blockComment, lineComment} {
		sql = noise.ReplaceAllString(sql, " ")
	}
	return strings.ToLower(literal.ReplaceAllString(sql, "''"))
}

// use is one mention of a table in a statement.
type use struct {
	table  string
	alias  string
	writes bool
}

// uses finds the tables that a statement reads and writes.
func uses(sql string, known func(string) bool) []use {
	words := word.FindAllString(sql, -1)
	var out []use
	for i := range words {
		writes, reads := false, false
		switch words[i] {
		case "into":
			writes = true
		case "update":
			writes = i == 0 || words[i-1] != "for" && words[i-1] != "key" && words[i-1] != "do"
		case "from":
			writes = i > 0 && words[i-1] == "delete"
			reads = !writes
		case "join", "using":
			reads = true
		}
		if writes || reads {
			out = append(out, listed(words[i+1:], writes, known)...)
		}
	}
	return out
}

// listed reads `table [as] alias, table [as] alias …`.
func listed(words []string, writes bool, known func(string) bool) []use {
	var out []use
	for len(words) > 0 {
		if words[0] == "only" || words[0] == "lateral" {
			words = words[1:]
			continue
		}
		if !known(words[0]) {
			return out
		}
		u := use{table: words[0], alias: words[0], writes: writes}
		words = words[1:]
		if len(words) > 0 && words[0] == "as" {
			words = words[1:]
		}
		if len(words) > 0 && isAlias(words[0]) {
			u.alias = words[0]
			words = words[1:]
		}
		out = append(out, u)
		if len(words) == 0 || words[0] != "," {
			return out
		}
		words = words[1:]
	}
	return out
}

// isAlias tells a name from the word that goes on with the statement.
func isAlias(w string) bool {
	keywords := strings.Fields("set where on join left right inner outer full cross natural using order group having limit offset for union except intersect values select returning window fetch default overriding when tablesample as and or not")
	return w[0] >= 'a' && w[0] <= 'z' && !slices.Contains(keywords, w)
}

func TestUses(t *testing.T) {
	t.Parallel()
	known := func(n string) bool { return slices.Contains(strings.Fields("users tickets comments projects"), n) }
	for _, c := range []struct {
		sql  string
		want []use
	}{
		{"select t.comments from tickets t where t.id = $1", []use{{"tickets", "t", false}}},
		{"select 1 from tickets as t, comments c left join users on true", []use{{"tickets", "t", false}, {"comments", "c", false}, {"users", "users", false}}},
		{"insert into tickets (id) select p.id from projects p on conflict (id) do update set id = 1", []use{{"tickets", "tickets", true}, {"projects", "p", false}}},
		{"update tickets t set a = 1 from projects p where p.id = t.id", []use{{"tickets", "t", true}, {"projects", "p", false}}},
		{"delete from comments using tickets t where true", []use{{"comments", "comments", true}, {"tickets", "t", false}}},
		{"select 1 from tickets where true for no key update", []use{{"tickets", "tickets", false}}},
		{"select extract(epoch from created_at) from only users for update", []use{{"users", "users", false}}},
		{"with x as (update projects set a = 1 returning id) select 1 from x", []use{{"projects", "projects", true}}},
	} {
		if got := uses(plain(c.sql), known); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.sql, got, c.want)
		}
	}
}

func TestStatements(t *testing.T) {
	t.Parallel()
	text := "-- name: A :one\n-- every organization: staff look at all\nSelect 'from users' -- from users\nFROM x;\n\n-- name: B :exec\ndelete from y;\n"
	got := statements("sql/queries/admin/all.sql", text)
	if len(got) != 2 || got[0].String() != "admin.A" || got[1].name != "B" {
		t.Fatalf("got %+v", got)
	}
	if got[0].said["every organization"] != "staff look at all" || strings.Contains(got[0].sql, "users") {
		t.Errorf("got %+v", got[0])
	}
}
