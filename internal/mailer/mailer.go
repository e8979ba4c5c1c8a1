// Package mailer hands mails over: by SMTP, or into a folder that development's mailbox page shows.
package mailer

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// ErrUnsure says that a mail may have been taken although nobody said so: the connection was lost while the answer was
// awaited.
var ErrUnsure = errors.New("nobody said whether the mail was taken")

// Message is one mail to one person.
type Message struct {
	ID      string // its Message-ID, without < and >; the same for each attempt at one mail. Empty makes one by chance.
	To      string
	Subject string
	HTML    string
	Text    string
	Headers map[string]string
}

// Mailer sends a message and returns what the server that took it said. An error means that it may be tried again; with
// ErrUnsure it may have gone out.
type Mailer interface {
	Send(ctx context.Context, m Message) (answer string, err error)
}

// SMTP sends by an SMTP server. TLS is required for any but a server on this machine.
type SMTP struct {
	from   string
	client *gomail.Client
}

// NewSMTP reads smtp://user:password@host:587 or smtps://user:password@host:465. from is the sender, as in
// "Plinth <plinth@example.com>".
func NewSMTP(rawURL, from string) (*SMTP, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("SMTP_URL is not a URL such as smtp://user:password@host:587")
	}
	o := []gomail.Option{gomail.WithTimeout(10 * time.Second)}
	switch {
	case u.Scheme == "smtps":
		o = append(o, gomail.WithSSL())
	case u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1":
		o = append(o, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		o = append(o, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if p := u.Port(); p != "" {
		port, err := strconv.Atoi(p)
		if err != nil {
			return nil, fmt.Errorf("SMTP_URL has port %q", p)
		}
		o = append(o, gomail.WithPort(port))
	}
	if user := u.User.Username(); user != "" {
		password, _ := u.User.Password()
		o = append(o, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(user), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(u.Hostname(), o...)
	if err != nil {
		return nil, fmt.Errorf("set up SMTP: %w", err)
	}
	return &SMTP{from: from, client: client}, nil
}

// Domain is that of a sender's address, as of "Plinth <plinth@example.com>"; localhost when it has none.
func Domain(from string) string {
	address, err := mail.ParseAddress(from)
	if err != nil {
		return "localhost"
	}
	return address.Address[strings.LastIndex(address.Address, "@")+1:]
}

// Send hands the message to the server.
func (s *SMTP) Send(ctx context.Context, m Message) (string, error) {
	msg, err := compose(s.from, m)
	if err != nil {
		return "", err
	}
	err = s.client.DialAndSendWithContext(ctx, msg)
	var failed *gomail.SendError
	switch {
	case err == nil, msg.IsDelivered(): // what fails behind the taking, as the parting, is no failure of the mail
		return strings.TrimSpace(msg.ServerResponse()), nil
	case errors.As(err, &failed) && failed.Reason == gomail.ErrSMTPDataClose && failed.ErrorCode() == 0:
		return "", fmt.Errorf("send by SMTP: %w: %w", ErrUnsure, err)
	}
	return "", fmt.Errorf("send by SMTP: %w", err)
}

func compose(from string, m Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg()
	if err := msg.From(from); err != nil {
		return nil, fmt.Errorf("sender %q: %w", from, err)
	}
	if err := msg.To(m.To); err != nil {
		return nil, fmt.Errorf("recipient: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetDate()
	if m.ID == "" {
		msg.SetMessageID()
	} else {
		msg.SetMessageIDWithValue(m.ID)
	}
	for name, value := range m.Headers {
		msg.SetGenHeader(gomail.Header(name), value)
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}
