package webtest

import (
	"testing"

	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/internal/users"
)

// SecondFactor is the key of the app that Staff has.
const SecondFactor = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// Staff makes an account of staff who may do everything, with a second factor, and returns a browser that is signed in
// with both.
func (s *Site) Staff(t testing.TB, name, email string) (scope.Person, *Browser) {
	t.Helper()
	return s.StaffAs(t, scope.StaffFull, name, email)
}

// StaffAs is Staff with a role.
func (s *Site) StaffAs(t testing.TB, role scope.StaffRole, name, email string) (scope.Person, *Browser) {
	t.Helper()
	p := s.Account(t, name, email)
	if err := s.App.Auth.PlantTOTP(t.Context(), p.ID, SecondFactor); err != nil {
		t.Fatal(err)
	}
	if err := users.SetStaff(t.Context(), s.App.DB, email, role); err != nil {
		t.Fatal(err)
	}
	return p, s.SignInTwice(t, email)
}

// SignInTwice opens a browser and signs in with the password and the code of this moment.
func (s *Site) SignInTwice(t testing.TB, email string) *Browser {
	t.Helper()
	b := s.Browser(t)
	b.Get("/signin?next=/account").Submit("/signin", "email", email, "password", Password).Want(200).At("/signin/second").
		Submit("/signin/second", "code", s.Code(t, email)).Want(200).At("/account")
	return b
}

// Code is what the person's app shows at the moment, good once more although it may have been used.
func (s *Site) Code(t testing.TB, email string) string {
	t.Helper()
	_, err := dbtest.At(t, s.Database.Super).Exec(t.Context(),
		`update totp_factors f set last_step = 0 from users u where u.id = f.user_id and u.email = $1`, email)
	if err != nil {
		t.Fatal(err)
	}
	codes, err := s.App.Auth.CurrentCodes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range codes {
		if c.Email == email {
			return c.Code
		}
	}
	t.Fatalf("%s has no second factor", email)
	return ""
}
