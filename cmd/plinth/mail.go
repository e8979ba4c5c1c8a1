package main

import (
	"context"
	"errors"
	"fmt"

	"plinth/cmd/plinth/app"
	"plinth/internal/auth"
	"plinth/views/mail"
)

type mailCommand struct {
	Test mailTest `cmd:"" help:"Send a mail at once, to see whether the mail server takes it."`
}

type mailTest struct {
	To string `arg:"" help:"The address to send to."`
}

// Run hands one mail to the mail server of SMTP_URL, past the queue, and says what it answers.
func (m mailTest) Run(ctx context.Context) error {
	if wrong := auth.CheckEmail(m.To); wrong != "" {
		return errors.New(wrong)
	}
	return withApp(ctx, func(plinth *app.App) error {
		message, err := mail.Test(m.To, plinth.Config.URL).Message(ctx)
		if err != nil {
			return err
		}
		if _, err := plinth.Mails.Mailer.Send(ctx, message); err != nil {
			return fmt.Errorf("the mail server did not take it: %w", err)
		}
		fmt.Printf("The mail server took a mail to %s, from %s.\n", m.To, plinth.Config.From)
		return nil
	})
}
