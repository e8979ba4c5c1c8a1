//go:build prove

package bench

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/test/proof"
	"plinth/test/webtest"
)

// texts makes 4,000 texts of about 1 KB from 20,000 words, of which few are common, as in a language.
const texts = `
create temp table vocabulary as
select i, translate(substr(md5(i::text), 1, 3 + i % 9), '0123456789', 'ghijklmnop') as word from generate_series(0, 20000) i;
create temp table texts as
select k, string_agg(v.word, ' ') as body
from generate_series(0, 3999) k
cross join lateral (select floor(20000 * power(random(), 3))::integer as i, k as of from generate_series(1, 145)) r
join vocabulary v on v.i = r.i
group by k;
create unique index on texts (k);
analyze texts`

// many writes tickets from one number to another, with their words.
const many = `
with made as (
    insert into tickets (tenant_id, id, project_id, number, title, body, status, author_id)
    select $1, gen_random_uuid(), $2, i, 'Ticket ' || i || case when i % 5000 = 0 then ' about lighthouses' else '' end, x.body, 'todo', $3
    from generate_series($4::integer, $5::integer) i
    join texts x on x.k = i % 4000
    returning tenant_id, id, project_id, title, body
)
insert into search_docs (tenant_id, id, project_id, ticket_id, words)
select tenant_id, id, project_id, id, setweight(to_tsvector('simple', title), 'A') || strip(to_tsvector('simple', body))
from made`

// A search among 100,000 tickets with texts of 1 KB, and among a million, through the router.
func TestProveTicketsSearch(t *testing.T) {
	d := dbtest.New(t)
	s := webtest.On(t, d, nil)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", "dana@example.com"), "acme", "Acme")
	s.Fill(t, owner, "WEB", 1)
	conn := dbtest.Connect(t, d.Super)
	run := func(sql string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	var project uuid.UUID
	if err := conn.QueryRow(t.Context(), `select id from projects`).Scan(&project); err != nil {
		t.Fatal(err)
	}
	run(`set session_replication_role = replica`) // the foreign keys of a million rows are not what is measured
	run(texts)
	run(`insert into search_words (tenant_id, word) select $1::uuid, word from vocabulary where length(word) > 3 on conflict do nothing`, owner.TenantID)
	run(`insert into search_variants (tenant_id, variant, word) select $1::uuid, 'lighthoses', 'lighthouses' union all select $1::uuid, 'lighthuses', 'lighthouses'`, owner.TenantID)
	b := s.SignIn(t, "dana@example.com")
	next := 2
	for _, size := range []struct {
		tickets int
		most    time.Duration
	}{{100_000, 300 * time.Millisecond}, {1_000_000, time.Second}} {
		for ; next < size.tickets; next += 50_000 {
			run(many, owner.TenantID, project, owner.Person.ID, next, min(next+49_999, size.tickets))
		}
		run(`vacuum analyze`)
		for name, text := range map[string]string{
			"rare": "lighthouses", "beginning": "lighth", "mistyped": "lighthuoses", "two-words": "lighthouses ticket", "none": "zeppelin", "common": "ticket",
		} {
			var took []time.Duration
			for range 20 {
				begun := time.Now()
				b.Get("/orgs/acme/search?q=" + url.QueryEscape(text)).Want(http.StatusOK)
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			proof.Within(t, fmt.Sprintf("tickets-search-%s-at-%d", name, size.tickets), took[len(took)*95/100], size.most)
		}
	}
}
