package admin

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/mails"
)

// MailRow is a mail in the log.
type MailRow struct {
	ID        uuid.UUID
	Kind      string
	Recipient string
	Subject   string
	State     string // queued, sending, sent, failed, suppressed, unsure or over
	Outcome   string // as the provider told: delivered, bounced, complained, or "" when it said nothing
	CreatedAt time.Time
	SentAt    *time.Time
}

// Mail is one mail of the log. What stood in it is not kept: links in it would still open something.
type Mail struct {
	MailRow
	Key          string
	TenantID     *uuid.UUID
	Organization string
	MessageID    string
	Attempts     int32
	Unsure       int32
	Again        int32
	Error        string
	Answer       string
	OutcomeAt    *time.Time
	Detail       string
	JobKind      string
	UserID       *uuid.UUID // whose address it went to
	Suppressed   string     // why its address gets nothing, or ""
	Waits        bool       // for its job, and not for too long
}

// MayGoAgain says whether the mail can be sent once more.
func (m Mail) MayGoAgain() bool {
	return m.JobKind != "" && m.Suppressed == "" && !m.Waits
}

// MailStates lists the states of a mail, and the outcomes that a list can be narrowed down to as well.
func MailStates() []string {
	return []string{"failed", "unsure", "suppressed", "over", "queued", "sending", "sent", mails.Bounced, mails.Complained, mails.Delivered}
}

// MailFilter says which mails a list shows; what is empty leaves everything in. To is a whole address.
type MailFilter struct {
	State, Kind, To string
}

// MailPage is the log of mails with how it stands.
type MailPage struct {
	Mails  List[MailRow]
	Kinds  []string
	Health MailHealth
}

// MailHealth is how mails fared in the last day, and how many addresses get none.
type MailHealth struct {
	Sent, Failed, Bounced, Complained, Suppressed int64
}

// Mails reads a page of the log, the newest first.
func (a *Admin) Mails(ctx context.Context, f MailFilter, after string) (MailPage, error) {
	var p MailPage
	at, id := timedBefore(after)
	to := strings.ToLower(f.To)
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &p.Mails.Rows, admindb.ListMails, at, id, f.State, f.Kind, to, pageSize+1)
		db.Value(r, &p.Mails.Count, admindb.CountMails, f.State, f.Kind, to, CountStop+1)
		db.Values(r, &p.Kinds, admindb.MailKinds)
		db.Row(r, &p.Health, admindb.MailHealth)
	})
	p.Mails.cut(pageSize, func(m MailRow) string { return timeCursor(m.CreatedAt, m.ID.String()) })
	return p, err
}

// Mail reads one mail of the log; NotFound when there is none.
func (a *Admin) Mail(ctx context.Context, id uuid.UUID) (Mail, error) {
	var m Mail
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Row(r, &m, admindb.Mail, id, mails.StuckAfter.Seconds()) })
	return m, err
}

// SendMailAgain has a mail sent once more. Conflict when it waits already, or nothing could send it.
func (a *Admin) SendMailAgain(ctx context.Context, by Actor, id uuid.UUID) error {
	return a.act(ctx, by, "staff.mail_sent_again", "mail "+id.String(), func(ctx context.Context, tx db.Tx) error {
		_, err := a.Sender.SendAgainTx(ctx, tx, id)
		if db.None(err) {
			return fault.New(fault.Conflict, "This mail waits to be sent already, or is too old to be sent again.")
		}
		return err
	})
}

// Suppression is an address that gets no mail.
type Suppression struct {
	Address   string
	Reason    string // bounced, complained or staff
	Detail    string
	Staff     string // who put it there
	CreatedAt time.Time
}

// Suppressions reads a page of the addresses that get no mail, the newest first; search narrows it to those that contain it.
func (a *Admin) Suppressions(ctx context.Context, search, after string) (List[Suppression], error) {
	var l List[Suppression]
	at, address, ok := timed(after)
	if !ok {
		at, address = future(), ""
	}
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &l.Rows, admindb.ListSuppressions, at, address, like(search), pageSize+1)
		db.Value(r, &l.Count, admindb.CountSuppressions, like(search), CountStop+1)
	})
	l.cut(pageSize, func(s Suppression) string { return timeCursor(s.CreatedAt, s.Address) })
	return l, err
}

// SuppressForm names an address that is to get no mail, or one that is to get some again.
type SuppressForm struct {
	Address string `form:"address"`
}

// Suppress lets an address get no mail.
func (a *Admin) Suppress(ctx context.Context, by Actor, f SuppressForm) error {
	return a.actOn(ctx, by, "staff.address_suppressed", "", address(f.Address), func(ctx context.Context, tx db.Tx) error {
		return mails.SuppressTx(ctx, tx, f.Address, by.Why, by.Person.ID)
	})
}

// Unsuppress lets an address get mails again.
func (a *Admin) Unsuppress(ctx context.Context, by Actor, f SuppressForm) error {
	return a.actOn(ctx, by, "staff.address_unsuppressed", "", address(f.Address), func(ctx context.Context, tx db.Tx) error {
		return mails.UnsuppressTx(ctx, tx, f.Address)
	})
}

// address is somebody's, so it stands among what is erased with them and not among what is sealed.
func address(of string) map[string]string { return map[string]string{"recipient": of} }
