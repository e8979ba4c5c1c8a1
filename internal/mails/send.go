// Package mails owns the log of what was sent, the list of addresses that want nothing, and the rule that one cause
// mails once.
package mails

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/mailer"
	"plinth/internal/mails/mailsdb"
	"plinth/jobs"
)

// Mails sends and logs.
type Mails struct {
	DB     *db.DB
	Mailer mailer.Mailer
	Queue  *jobs.Queue
	Domain string // of Message-IDs
}

// Mail is a message and the cause it must be sent once for.
type Mail struct {
	Key      string    // the cause by meaning, as verification:<token id>
	Kind     string    // for the log
	TenantID uuid.UUID // nil when it is about no organization
	Message  mailer.Message
	// JobKind and JobArgs are the job that sends it, and would send it again.
	JobKind string
	JobArgs []byte
}

// mostUnsure is how often a mail may have gone out without a note of it: a worker that dies between the sending and the
// note costs a reader a second mail, which their program knows by its Message-ID, and never a third.
const mostUnsure = 1

// Send sends the mail unless one with its key has been sent, or its address is on the suppression list. However often it
// is tried, it goes under one Message-ID. An error means that the job should try again.
func (m *Mails) Send(ctx context.Context, mail Mail) error {
	q, direct := mailsdb.New(), m.DB.Direct()
	row, err := m.claim(ctx, mail)
	if db.None(err) {
		return nil // sent before
	}
	if err != nil {
		return fmt.Errorf("log the mail: %w", err)
	}
	if row.Unsure > mostUnsure {
		return q.MailUnsure(ctx, direct, row.ID)
	}
	refused, err := q.Suppressed(ctx, direct, strings.ToLower(mail.Message.To))
	if err != nil {
		return fmt.Errorf("look at the suppression list: %w", err)
	}
	if refused {
		return q.MailSuppressed(ctx, direct, row.ID)
	}
	mail.Message.ID = row.MessageID
	answer, err := m.Mailer.Send(ctx, mail.Message)
	if errors.Is(err, mailer.ErrUnsure) {
		return err // the row goes on saying that it is being sent: the next attempt counts it
	}
	if err != nil {
		if logged := q.MailFailed(ctx, direct, mailsdb.MailFailedParams{ID: row.ID, Error: err.Error()}); logged != nil {
			return fmt.Errorf("log the failure: %w", logged)
		}
		return err
	}
	return q.MailSent(ctx, direct, mailsdb.MailSentParams{ID: row.ID, Answer: answer})
}

func (m *Mails) claim(ctx context.Context, mail Mail) (mailsdb.ClaimMailRow, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return mailsdb.ClaimMailRow{}, err
	}
	var tenant *uuid.UUID
	if mail.TenantID != uuid.Nil {
		tenant = &mail.TenantID
	}
	args := mail.JobArgs
	if args == nil {
		args = []byte("{}")
	}
	return mailsdb.New().ClaimMail(ctx, m.DB.Direct(), mailsdb.ClaimMailParams{
		ID: id, Key: mail.Key, Kind: mail.Kind, TenantID: tenant, Recipient: mail.Message.To, Subject: mail.Message.Subject,
		MessageID: m.messageID(mail.Key, 0), JobKind: mail.JobKind, JobArgs: args,
		RequestID: jobs.RequestOf(ctx),
	})
}

// messageID names the mail of a cause. It is made of the cause, so that every attempt has the same without asking; again
// is how often staff had it sent again, which is a cause of its own.
func (m *Mails) messageID(key string, again int32) string {
	if again > 0 {
		key += "#" + strconv.Itoa(int(again))
	}
	sum := sha256.Sum256([]byte("plinth message-id " + key))
	return base64.RawURLEncoding.EncodeToString(sum[:18]) + "@" + m.Domain
}

// StuckAfter is how long a mail waits at most for its job or for the job's next try: one that waits for longer may be sent again.
const StuckAfter = time.Hour

// Over notes that a job had nothing to send any more, as when a link was used meanwhile, so that no mail of it waits for good.
func (m *Mails) Over(ctx context.Context, kind string, args []byte) error {
	if _, err := mailsdb.New().MailsOver(ctx, m.DB.Direct(), mailsdb.MailsOverParams{JobKind: kind, JobArgs: args}); err != nil {
		return fmt.Errorf("note that a mail is over: %w", err)
	}
	return nil
}

// SendAgainTx lets a mail be sent once more, by the job that sent it first. It is called inside db.InAdmin, and says to
// whom. db.None tells that there is no such mail, or that it waits already.
func (m *Mails) SendAgainTx(ctx context.Context, tx db.Tx, id uuid.UUID) (recipient string, err error) {
	q := mailsdb.New()
	known, err := q.MailKey(ctx, tx, id)
	if err != nil {
		return "", err
	}
	row, err := q.SendAgain(ctx, tx, mailsdb.SendAgainParams{ID: id, MessageID: m.messageID(known.Key, known.Again+1), StuckAfter: StuckAfter.Seconds()})
	if err != nil {
		return "", err
	}
	return row.Recipient, m.Queue.EnqueueTx(ctx, tx, jobs.Again{Name: row.JobKind, Args: row.JobArgs})
}
