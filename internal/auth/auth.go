// Package auth proves who somebody is: sign-up, sign-in, sessions, one-time links and passwords.
package auth

import (
	"context"
	"fmt"
	"log/slog"
	"net/mail"
	"net/netip"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/mileusna/useragent"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/flags"
	"plinth/internal/limit"
	"plinth/internal/scope"
	"plinth/internal/secret"
	"plinth/internal/session"
	"plinth/internal/tenants"
	"plinth/jobs"
)

// TermsVersion is the version of the terms a person accepts at sign-up; it is kept with the account.
const TermsVersion = "2026-11"

// How long links are good for.
const (
	VerifyFor = 24 * time.Hour
	ResetFor  = time.Hour
)

// The purposes of one-time tokens. A token is good for its own purpose only.
const (
	PurposeVerify = "verify"
	PurposeReset  = "reset"
)

// Auth has the operations. Its fields are set once, where the program is put together.
type Auth struct {
	DB      *db.DB
	Tenants *tenants.Tenants
	Queue   *jobs.Queue
	Keys    *secret.Keys
	Limits  *limit.Limiter
	Hasher  *Hasher
	URL     string // APP_URL; links in mails come from nowhere else
	Log     *slog.Logger
	// Passkeys does the ceremonies; nil where APP_URL has no name a passkey could belong to.
	Passkeys  *Passkeys
	Providers *Providers       // nil: nobody signs in elsewhere
	Flags     *flags.Flags     // says whether everybody can sign up
	Now       func() time.Time // nil is time.Now; codes and limits in time go by it
}

func (a *Auth) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

// Device is where a request comes from.
type Device struct {
	UserAgent string
	Address   string
	Request   string // request id, for events
}

// Name says which browser it is, as "Firefox on Linux".
func (d Device) Name() string { return DeviceName(d.UserAgent) }

// DeviceName says which browser a user agent is, as "Firefox on Linux".
func DeviceName(agent string) string {
	ua := useragent.Parse(agent)
	switch {
	case ua.Name != "" && ua.OS != "":
		return ua.Name + " on " + ua.OS
	case ua.Name != "":
		return clip(ua.Name, 60)
	}
	return "an unknown browser"
}

// neighbour is the address as limits count it: of IPv6 the network, because one line at home has 2^64 addresses.
func (d Device) neighbour() string {
	a, err := netip.ParseAddr(d.Address)
	if err != nil || a.Unmap().Is4() {
		return d.Address
	}
	network, err := a.WithZone("").Prefix(64)
	if err != nil {
		return d.Address
	}
	return network.String()
}

// CheckEmail says what is wrong with an address, or "".
func CheckEmail(email string) string {
	switch parsed, err := mail.ParseAddress(email); {
	case email == "":
		return "Enter an e-mail address."
	case len(email) > 254:
		return "This e-mail address is too long."
	case err != nil || parsed.Address != email || !strings.Contains(email[strings.LastIndex(email, "@")+1:], "."):
		return "Enter an e-mail address such as name@example.com."
	}
	return ""
}

// CheckName says what is wrong with a person's name, or "".
func CheckName(name string) string {
	switch {
	case name == "":
		return "Enter your name."
	case len([]rune(name)) > 80:
		return "Use at most 80 characters."
	case strings.ContainsAny(name, "\r\n\x00"):
		return "A name has no line breaks."
	case strings.Contains(name, "://"):
		return "A name has no links in it." // names stand in mails to others
	}
	return ""
}

// QueuePerson reads, in a guard's round trip, the person an identity stands for; it stays nil when the session has
// ended, was idle too long, or never was. It also notes, at most once a minute, that the session is in use.
func QueuePerson(r *db.Reads, id session.Identity, into **Seen) {
	idle := session.Idle.Seconds()
	r.Exec(authdb.TouchSession, id.SessionID, idle)
	db.Maybe(r, into, authdb.PersonOfSession, id.SessionID, id.UserID, idle)
}

// Seen is what the guard reads of a person.
type Seen struct {
	ID         uuid.UUID
	Name       string
	Email      string
	Zone       string
	Staff      string
	EraseAt    *time.Time
	SignedInAt time.Time
	ProvenAt   time.Time
	Methods    []string
	Strong     bool
	Picture    string

	ImpersonationID *uuid.UUID
	StaffID         *uuid.UUID
	StaffName       string
	StaffRole       string
	Reason          *string
	RaisedAt        *time.Time
	EndsAt          *time.Time
}

// Person is the plain value of what was read.
func (s Seen) Person(sessionID uuid.UUID) scope.Person {
	p := scope.Person{
		ID: s.ID, SessionID: sessionID, Name: s.Name, Email: s.Email, Zone: s.Zone, Staff: scope.StaffRole(s.Staff), SignedIn: s.SignedInAt,
		Proven: s.ProvenAt, Methods: s.Methods, Strong: s.Strong, Picture: s.Picture,
	}
	if s.EraseAt != nil {
		p.EraseAt = *s.EraseAt
	}
	if s.ImpersonationID != nil {
		p.Staff = "" // nobody gets into the back-office as somebody else
		p.By = scope.Impersonator{
			ID: *s.StaffID, Name: s.StaffName, Role: scope.StaffRole(s.StaffRole), Impersonation: *s.ImpersonationID, Reason: *s.Reason,
			Until: *s.EndsAt, Raised: s.RaisedAt != nil && scope.StaffRole(s.StaffRole).May(scope.ImpersonateAll),
		}
	}
	return p
}

// SignOut ends a session, and with one in which staff look as somebody else their looking.
func (a *Auth) SignOut(ctx context.Context, sessionID uuid.UUID) error {
	i, err := authdb.New().ImpersonationOfSession(ctx, a.DB.Direct(), sessionID)
	if err == nil {
		return a.endImpersonation(ctx, i.ID, i.StaffID, i.UserID, Device{})
	}
	if !db.None(err) {
		return fmt.Errorf("read whether staff look as somebody: %w", err)
	}
	return authdb.New().EndSession(ctx, a.DB.Direct(), sessionID)
}

// Purge deletes what has expired; a job calls it.
func (a *Auth) Purge(ctx context.Context) error {
	if err := a.EndOverImpersonations(ctx); err != nil {
		return err
	}
	q, direct := authdb.New(), a.DB.Direct()
	for what, purge := range map[string]func() (int64, error){
		"sign-ups":      func() (int64, error) { return q.PurgeSignups(ctx, direct) },
		"tokens":        func() (int64, error) { return q.PurgeTokens(ctx, direct) },
		"addresses":     func() (int64, error) { return q.PurgeEmailChanges(ctx, direct) },
		"devices":       func() (int64, error) { return q.PurgeDevices(ctx, direct) },
		"sessions":      func() (int64, error) { return q.PurgeSessions(ctx, direct) },
		"http sessions": func() (int64, error) { return session.Purge(ctx, a.DB) },
		"limits":        func() (int64, error) { return a.Limits.Purge(ctx) },
	} {
		n, err := purge()
		if err != nil {
			return fmt.Errorf("purge %s: %w", what, err)
		}
		a.Log.DebugContext(ctx, "purged", "what", what, "rows", n)
	}
	return nil
}

// createSessionTx makes the row that lets a person in.
func createSessionTx(ctx context.Context, tx db.Tx, userID uuid.UUID, by proof, d Device) (session.Identity, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return session.Identity{}, fmt.Errorf("make a session id: %w", err)
	}
	rows, err := authdb.New().CreateSession(ctx, tx, authdb.CreateSessionParams{
		ID: id, UserID: userID, UserAgent: clip(d.UserAgent, 300), Address: d.Address, ExpiresAt: time.Now().Add(session.Lifetime),
		Methods: by.Methods, Strong: by.Strong,
	})
	if err != nil {
		return session.Identity{}, fmt.Errorf("create session: %w", err)
	}
	if rows == 0 {
		return session.Identity{}, fault.New(fault.Denied, "This account is suspended. Write to whoever runs this service to find out why.")
	}
	return session.Identity{SessionID: id, UserID: userID}, nil
}

// signedInTx notes a sign-in.
func signedInTx(ctx context.Context, tx db.Tx, userID uuid.UUID, by proof, d Device) error {
	_, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
		UserID: userID, ActorID: userID, Action: "account.signed_in", Changes: map[string][2]string{"by": {"", strings.Join(by.Methods, ", ")}},
		Person: map[string]string{"address": d.Address}, RequestID: d.Request,
	})
	return err
}

// proveTx notes that whoever is signed in has proven it anew. A second factor or a passkey makes the session strong.
func proveTx(ctx context.Context, tx db.Tx, p scope.Person, method string) error {
	rows, err := authdb.New().ProveSession(ctx, tx, authdb.ProveSessionParams{
		ID: p.SessionID, UserID: p.ID, Method: method, Strong: method == ByTOTP || method == ByRecovery || method == ByPasskey,
	})
	if err != nil {
		return fmt.Errorf("note the proof: %w", err)
	}
	if rows == 0 {
		return fault.New(fault.Unauthenticated, "")
	}
	return nil
}

func clip(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "")
	}
	return strings.ToValidUTF8(s, "")
}

// errLink is the one answer for a link that is used, expired, of another purpose, or made up.
func errLink() error {
	return fault.New(fault.NotFound, "This link has been used or is too old. Ask for a new one.")
}
