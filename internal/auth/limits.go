package auth

import (
	"time"

	"github.com/google/uuid"

	"plinth/internal/limit"
	"plinth/internal/scope"
)

// How often things may be tried. Each is counted for the account or mailbox, for the address it comes from, and in
// total. What a stranger can drive up for somebody else (the account from anywhere, the total) is answered with a short
// delay only, so that nobody can be kept out.

// accountLimits are of passwords typed for one account, from one address and from anywhere; the right one clears them.
func accountLimits(d Device, email string) []limit.Subject {
	return []limit.Subject{
		{Policy: limit.Policy{Name: "signin", Allowance: 5, Drain: 10 * time.Minute, First: 2 * time.Second, Longest: 15 * time.Minute}, Key: email + "\x00" + d.neighbour()},
		{Policy: limit.Policy{Name: "signin-account", Allowance: 30, Drain: 2 * time.Minute, First: time.Second, Longest: 20 * time.Second}, Key: email},
	}
}

// placeLimits are of passwords typed for any account, from one address and in all. A right one is not counted, but
// clears nothing: whoever guesses has an account of their own.
func placeLimits(d Device) []limit.Subject {
	return []limit.Subject{
		{Policy: limit.Policy{Name: "signin-address", Allowance: 50, Drain: time.Minute, First: 2 * time.Second, Longest: time.Hour}, Key: d.neighbour()},
		{Policy: limit.Policy{Name: "signin-total", Allowance: 600, Drain: 200 * time.Millisecond, First: time.Second, Longest: time.Second}},
	}
}

// signUpLimits are of mails that a sign-up sends.
func signUpLimits(d Device, mailbox string) []limit.Subject {
	return []limit.Subject{
		{Policy: limit.Policy{Name: "signup-address", Allowance: 30, Drain: 2 * time.Minute, First: 10 * time.Second, Longest: time.Hour}, Key: d.neighbour()},
		{Policy: limit.Policy{Name: "signup-total", Allowance: 600, Drain: 500 * time.Millisecond, First: time.Second, Longest: 5 * time.Second}},
		signUpMailbox(mailbox),
	}
}

// signUpMailbox keeps one mailbox, or one sign-up that is sent again and again, from being flooded.
func signUpMailbox(key string) limit.Subject {
	return limit.Subject{Policy: limit.Policy{Name: "signup-email", Allowance: 6, Drain: 20 * time.Minute, First: 30 * time.Second, Longest: time.Hour}, Key: key}
}

func resetLimits(d Device, email string) []limit.Subject {
	return []limit.Subject{
		{Policy: limit.Policy{Name: "reset-address", Allowance: 20, Drain: 3 * time.Minute, First: 10 * time.Second, Longest: time.Hour}, Key: d.neighbour()},
		{Policy: limit.Policy{Name: "reset-total", Allowance: 600, Drain: 500 * time.Millisecond, First: time.Second, Longest: 5 * time.Second}},
		{Policy: limit.Policy{Name: "reset-email", Allowance: 5, Drain: 20 * time.Minute, First: 30 * time.Second, Longest: time.Hour}, Key: email},
	}
}

func linkLimits(d Device, email string) []limit.Subject {
	return []limit.Subject{
		{Policy: limit.Policy{Name: "link-address", Allowance: 20, Drain: 3 * time.Minute, First: 10 * time.Second, Longest: time.Hour}, Key: d.neighbour()},
		{Policy: limit.Policy{Name: "link-total", Allowance: 600, Drain: 500 * time.Millisecond, First: time.Second, Longest: 5 * time.Second}},
		{Policy: limit.Policy{Name: "link-email", Allowance: 5, Drain: 10 * time.Minute, First: 30 * time.Second, Longest: time.Hour}, Key: email},
	}
}

// inviteLimits keep one mailbox, and one person's invitations to many, within bounds.
func inviteLimits(s scope.Scope, email string) []limit.Subject {
	return []limit.Subject{
		{Policy: limit.Policy{Name: "invite-email", Allowance: 5, Drain: 20 * time.Minute, First: time.Minute, Longest: time.Hour}, Key: s.TenantID.String() + "\x00" + email},
		{Policy: limit.Policy{Name: "invite-person", Allowance: 100, Drain: time.Minute, First: 5 * time.Second, Longest: 2 * time.Minute}, Key: s.Person.ID.String()},
	}
}

// codeLimits are of six-digit codes: a million there are, and three are right at a time.
func codeLimits(d Device, userID uuid.UUID) []limit.Subject {
	return []limit.Subject{
		{Policy: limit.Policy{Name: "code", Allowance: 5, Drain: 10 * time.Minute, First: 2 * time.Second, Longest: 15 * time.Minute}, Key: userID.String() + "\x00" + d.neighbour()},
		{Policy: limit.Policy{Name: "code-account", Allowance: 20, Drain: 10 * time.Minute, First: 5 * time.Second, Longest: 5 * time.Minute}, Key: userID.String()},
	}
}
