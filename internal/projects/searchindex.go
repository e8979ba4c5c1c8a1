package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

const (
	maxWord      = 40  // bytes; longer ones are no words
	maxNewWords  = 400 // of one text
	wordsAtOnce  = 100
	pairsAtOnce  = 500
	learnedUpTo  = 20_000 // bytes of a text; who writes more has said the words before
	shortestWord = nearFrom
)

// indexTicketTx lets a ticket be found by its words.
func indexTicketTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID, ticketID uuid.UUID, title, body string) error {
	if err := projectsdb.New().IndexTicket(ctx, tx, projectsdb.IndexTicketParams{
		TenantID: s.TenantID, TicketID: ticketID, ProjectID: projectID, Title: title, Body: body,
	}); err != nil {
		return fmt.Errorf("index the ticket: %w", err)
	}
	return learnTx(ctx, tx, s, title+" "+body)
}

// indexCommentTx lets a ticket be found by the words of a comment.
func indexCommentTx(ctx context.Context, tx db.Tx, s scope.Scope, t ticket, commentID uuid.UUID, body string) error {
	if err := projectsdb.New().IndexComment(ctx, tx, projectsdb.IndexCommentParams{
		TenantID: s.TenantID, ID: commentID, ProjectID: t.ProjectID, TicketID: t.ID, Body: body,
	}); err != nil {
		return fmt.Errorf("index the comment: %w", err)
	}
	return learnTx(ctx, tx, s, body)
}

// forgetDocTx lets a comment not be found any more.
func forgetDocTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID) error {
	if err := projectsdb.New().ForgetDoc(ctx, tx, projectsdb.ForgetDocParams{TenantID: s.TenantID, ID: id}); err != nil {
		return fmt.Errorf("take the comment out of the index: %w", err)
	}
	return nil
}

// learnTx keeps the words of a text that the organization did not use before, so that they are found when they are
// mistyped. In order, so that two transactions never wait for each other.
func learnTx(ctx context.Context, tx db.Tx, s scope.Scope, text string) error {
	return learnWordsTx(ctx, tx, s, wordsOf(text))
}

// learnWordsTx keeps sorted words that the organization did not use before.
func learnWordsTx(ctx context.Context, tx db.Tx, s scope.Scope, all []string) error {
	for words := range slices.Chunk(all, wordsAtOnce) {
		fresh, err := newWordsTx(ctx, tx, s, words)
		if err != nil {
			return err
		}
		var pairs [][2]string
		for _, word := range fresh {
			for _, v := range variants(word) {
				pairs = append(pairs, [2]string{v, word})
			}
		}
		slices.SortFunc(pairs, func(a, b [2]string) int { return strings.Compare(a[0]+" "+a[1], b[0]+" "+b[1]) })
		for some := range slices.Chunk(pairs, pairsAtOnce) {
			if err := addVariantsTx(ctx, tx, s, some); err != nil {
				return err
			}
		}
	}
	return nil
}

// wordsOf are the words of a text that can be mistyped, sorted, each once.
func wordsOf(text string) []string {
	if len(text) > learnedUpTo {
		text = strings.ToValidUTF8(text[:learnedUpTo], "")
	}
	var out []string
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len(word) <= maxWord && utf8.RuneCountInString(word) >= shortestWord {
			out = append(out, word)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), maxNewWords)]
}

// newWordsTx adds words and returns those that were not there.
func newWordsTx(ctx context.Context, tx db.Tx, s scope.Scope, words []string) ([]string, error) {
	words = filled(words)
	args := []any{s.TenantID}
	for _, word := range words {
		args = append(args, word)
	}
	rows, err := tx.Query(ctx, "insert into search_words (tenant_id, word)\nvalues "+valueList(len(words), 1)+"\non conflict do nothing\nreturning word", args...)
	if err != nil {
		return nil, fmt.Errorf("add words: %w", err)
	}
	defer rows.Close()
	var fresh []string
	for rows.Next() {
		var word string
		if err := rows.Scan(&word); err != nil {
			return nil, fmt.Errorf("read words: %w", err)
		}
		fresh = append(fresh, word)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("add words: %w", err)
	}
	return fresh, nil
}

func addVariantsTx(ctx context.Context, tx db.Tx, s scope.Scope, pairs [][2]string) error {
	pairs = filled(pairs)
	args := []any{s.TenantID}
	for _, p := range pairs {
		args = append(args, p[0], p[1])
	}
	if _, err := tx.Exec(ctx, "insert into search_variants (tenant_id, variant, word)\nvalues "+valueList(len(pairs), 2)+"\non conflict do nothing", args...); err != nil {
		return fmt.Errorf("add variants of words: %w", err)
	}
	return nil
}

// filled repeats the last row until there is a round number of them: statements of a few lengths are prepared once.
func filled[T any](rows []T) []T {
	size := pairsAtOnce
	for _, n := range []int{8, 32, wordsAtOnce} {
		if len(rows) <= n {
			size = n
			break
		}
	}
	out := slices.Clone(rows)
	for len(out) < size {
		out = append(out, rows[len(rows)-1])
	}
	return out
}

// valueList writes the values of rows: the organization, which is $1, and so many columns more.
func valueList(rows, columns int) string {
	var b strings.Builder
	n := 2
	for row := range rows {
		if row > 0 {
			b.WriteString(", ")
		}
		b.WriteString("($1::uuid")
		for range columns {
			fmt.Fprintf(&b, ", $%d", n)
			n++
		}
		b.WriteString(")")
	}
	return b.String()
}
