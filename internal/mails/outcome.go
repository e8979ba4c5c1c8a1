package mails

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/mails/mailsdb"
)

// What a provider tells of a mail.
const (
	Delivered  = "delivered"
	Bounced    = "bounced"
	Complained = "complained" // its reader called it unwanted
)

// ErrReport says that what was sent is no report.
var ErrReport = errors.New("not a report of a mail")

// Report is what a provider tells of a mail, in a form of no provider's: see docs/mail.md for how theirs become one.
type Report struct {
	Type      string    `json:"type"` // delivered, bounced or complained
	Address   string    `json:"address"`
	MessageID string    `json:"message_id"` // may be missing, and may stand in < and >
	Permanent bool      `json:"permanent"`  // a bounce that will not end, as of an address that is not there
	Detail    string    `json:"detail"`
	At        time.Time `json:"at"`
}

// Receive takes a report of the provider's, whose signature was looked at. An address that mail does not reach for good,
// or whose owner complained, gets nothing from then on; a report that names none is of who the log says got the mail. Told
// twice, it comes to the same. ErrReport when it is none.
func (m *Mails) Receive(ctx context.Context, body []byte) error {
	var r Report
	if err := json.Unmarshal(body, &r); err != nil {
		return fmt.Errorf("%w: %w", ErrReport, err)
	}
	r.Address, r.MessageID = strings.ToLower(strings.TrimSpace(r.Address)), strings.Trim(r.MessageID, "<> ")
	if !slices.Contains([]string{Delivered, Bounced, Complained}, r.Type) || r.Address == "" && r.MessageID == "" {
		return fmt.Errorf("%w: type %q without an address", ErrReport, r.Type)
	}
	if r.At.IsZero() || r.At.After(time.Now()) {
		r.At = time.Now()
	}
	r.Detail = clip(r.Detail)
	return m.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		q := mailsdb.New()
		passing := r.Type == Bounced && !r.Permanent
		if _, err := q.NoteOutcome(ctx, tx, mailsdb.NoteOutcomeParams{MessageID: r.MessageID, Outcome: r.Type, OutcomeAt: &r.At, Detail: r.Detail, Passing: passing}); err != nil {
			return fmt.Errorf("note what became of the mail: %w", err)
		}
		if r.Type == Delivered || passing {
			return nil
		}
		if r.Address == "" {
			to, err := q.RecipientOf(ctx, tx, r.MessageID)
			if db.None(err) {
				return nil // it is not in the log any more
			}
			if err != nil {
				return fmt.Errorf("look for who got the mail: %w", err)
			}
			r.Address = strings.ToLower(to)
		}
		if _, err := q.Suppress(ctx, tx, mailsdb.SuppressParams{Address: r.Address, Reason: r.Type, Detail: r.Detail}); err != nil {
			return fmt.Errorf("suppress the address: %w", err)
		}
		return nil
	})
}

// clip keeps a text of somebody else's within bounds, and such as Postgres can hold.
func clip(text string) string {
	const most = 500
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\x00", "")
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return text
}

// SuppressTx puts an address on the list of those that get nothing. It is called inside db.InAdmin.
func SuppressTx(ctx context.Context, tx db.Tx, address, why string, staff uuid.UUID) error {
	parsed, err := mail.ParseAddress(strings.TrimSpace(address))
	if err != nil || parsed.Name != "" {
		return fault.Field("address", "Enter an e-mail address, as dana@example.com.")
	}
	n, err := mailsdb.New().Suppress(ctx, tx, mailsdb.SuppressParams{Address: strings.ToLower(parsed.Address), Reason: "staff", Detail: clip(why), StaffID: &staff})
	if err != nil {
		return fmt.Errorf("suppress an address: %w", err)
	}
	if n == 0 {
		return fault.Field("address", "This address is on the list already.")
	}
	return nil
}

// UnsuppressTx lets an address get mails again; NotFound when it is not on the list. It is called inside db.InAdmin.
func UnsuppressTx(ctx context.Context, tx db.Tx, address string) error {
	n, err := mailsdb.New().Unsuppress(ctx, tx, cmp.Or(strings.ToLower(address), "-"))
	if err != nil {
		return fmt.Errorf("take an address off the list: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	return nil
}
