package tenants

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
)

// Policy is what an organization asks of whoever comes in. The zero Policy asks for nothing.
type Policy struct {
	SecondFactor bool     // the session was proven with one, or with a passkey
	Methods      []string // password, link, passkey, oidc:<provider>: the session was proven with one of them; empty is all
	Hours        int      // the last proof is not older; 0 is without limit
}

// Demand is a part of a policy that somebody does not meet.
type Demand string

// The demands.
const (
	DemandSecondFactor Demand = "second factor"
	DemandMethod       Demand = "method"
	DemandProof        Demand = "proof"
)

// maxHours is the longest that a proof can be asked to last: a session lives no longer.
const maxHours = 720

// Unmet lists what a person's session does not meet, in the order in which it is best put right.
func (p Policy) Unmet(who scope.Person, now time.Time) []Demand {
	var out []Demand
	if len(p.Methods) > 0 && !slices.ContainsFunc(who.Methods, func(m string) bool { return slices.Contains(p.Methods, m) }) {
		out = append(out, DemandMethod)
	}
	if p.SecondFactor && !who.Strong {
		out = append(out, DemandSecondFactor)
	}
	if p.Hours > 0 && now.Sub(who.Proven) > time.Duration(p.Hours)*time.Hour {
		out = append(out, DemandProof)
	}
	return out
}

// PolicyForm is what an owner asks for.
type PolicyForm struct {
	SecondFactor bool     `form:"second_factor"`
	Methods      []string `form:"methods"`
	Hours        int      `form:"session_hours"`
}

// SetPolicy says what the organization asks of its people from their next request on. known are the ways to sign in that
// there are. Nobody locks themselves out: who does not meet it is refused.
func (t *Tenants) SetPolicy(ctx context.Context, s scope.Scope, f PolicyForm, known []string) error {
	policy := Policy{SecondFactor: f.SecondFactor, Methods: slices.Compact(slices.Sorted(slices.Values(f.Methods))), Hours: f.Hours}
	var wrong fault.Fields
	if policy.Hours < 0 || policy.Hours > maxHours {
		wrong.Add("session_hours", fmt.Sprintf("Choose up to %d hours.", maxHours))
	}
	for _, m := range policy.Methods {
		if !slices.Contains(known, m) {
			wrong.Add("methods", "Choose ways to sign in from the list.")
		}
	}
	for _, d := range policy.Unmet(s.Person, time.Now()) {
		switch d {
		case DemandSecondFactor:
			wrong.Add("second_factor", "You are signed in without a second factor yourself. Set one up in your account, under Security, and come back.")
		case DemandMethod:
			wrong.Add("methods", "You have not signed in in one of these ways yourself. Do so first, and come back.")
		case DemandProof:
			wrong.Add("session_hours", "You have not confirmed for longer that it is you. Sign in again, and come back.")
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error { return setPolicyTx(ctx, tx, s, policy) })
}

func setPolicyTx(ctx context.Context, tx db.Tx, s scope.Scope, p Policy) error {
	q := tenantsdb.New()
	if _, err := q.LockTenant(ctx, tx, s.TenantID); err != nil {
		return fmt.Errorf("lock organization: %w", err)
	}
	row, err := policyTx(ctx, tx, s.TenantID)
	if err != nil {
		return err
	}
	before := policyOf(row)
	if before.SecondFactor == p.SecondFactor && slices.Equal(before.Methods, p.Methods) && before.Hours == p.Hours {
		return nil
	}
	if p.Methods == nil {
		p.Methods = []string{}
	}
	err = q.SetSecurity(ctx, tx, tenantsdb.SetSecurityParams{
		TenantID: s.TenantID, SecondFactor: p.SecondFactor, SigninMethods: p.Methods, SessionHours: int32(p.Hours),
	})
	if err != nil {
		return fmt.Errorf("set policy: %w", err)
	}
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: "organization.security_changed", ObjectKind: "organization", ObjectID: s.TenantID, ObjectName: s.Name,
		Changes: map[string][2]string{
			"second_factor":  {strconv.FormatBool(before.SecondFactor), strconv.FormatBool(p.SecondFactor)},
			"signin_methods": {strings.Join(before.Methods, ", "), strings.Join(p.Methods, ", ")},
			"session_hours":  {strconv.Itoa(before.Hours), strconv.Itoa(p.Hours)},
		},
	})
}

func policyOf(row tenantsdb.PolicyOfRow) Policy {
	return Policy{SecondFactor: row.SecondFactor, Methods: row.SigninMethods, Hours: int(row.SessionHours)}
}

// Policy reads what the organization asks for.
func (t *Tenants) Policy(ctx context.Context, s scope.Scope) (Policy, error) {
	var row *tenantsdb.PolicyOfRow
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &row, tenantsdb.PolicyOf, s.TenantID) })
	if err != nil || row == nil {
		return Policy{}, err
	}
	return policyOf(*row), nil
}
