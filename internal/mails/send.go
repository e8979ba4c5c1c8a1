// Package mails owns the log of what was sent, the list of addresses that want nothing, and the rule that one cause
// mails once.
package mails

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/mailer"
	"plinth/internal/mails/mailsdb"
)

// Mails sends and logs.
type Mails struct {
	DB     *db.DB
	Mailer mailer.Mailer
}

// Mail is a message and the cause it must be sent once for.
type Mail struct {
	Key      string    // the cause by meaning, as verification:<token id>
	Kind     string    // for the log
	TenantID uuid.UUID // nil when it is about no organization
	Message  mailer.Message
}

// Send sends the mail unless one with its key has been sent, or its address is on the suppression list. An error means
// that the job should try again.
func (m *Mails) Send(ctx context.Context, mail Mail) error {
	q, direct := mailsdb.New(), m.DB.Direct()
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make a mail id: %w", err)
	}
	var tenant *uuid.UUID
	if mail.TenantID != uuid.Nil {
		tenant = &mail.TenantID
	}
	row, err := q.ClaimMail(ctx, direct, mailsdb.ClaimMailParams{
		ID: id, Key: mail.Key, Kind: mail.Kind, TenantID: tenant, Recipient: mail.Message.To, Subject: mail.Message.Subject,
	})
	if db.None(err) {
		return nil // sent before
	}
	if err != nil {
		return fmt.Errorf("log the mail: %w", err)
	}
	refused, err := q.Suppressed(ctx, direct, strings.ToLower(mail.Message.To))
	if err != nil {
		return fmt.Errorf("look at the suppression list: %w", err)
	}
	if refused {
		return q.MailSuppressed(ctx, direct, row.ID)
	}
	if err := m.Mailer.Send(ctx, mail.Message); err != nil {
		if logged := q.MailFailed(ctx, direct, mailsdb.MailFailedParams{ID: row.ID, Error: err.Error()}); logged != nil {
			return fmt.Errorf("log the failure: %w", logged)
		}
		return err
	}
	return q.MailSent(ctx, direct, row.ID)
}
