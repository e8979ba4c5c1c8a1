package handlers_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"plinth/internal/scope"
	"plinth/internal/users"
	"plinth/test/webtest"
)

// clocked lets a test move the time that codes go by.
func clocked(s *webtest.Site) *time.Time {
	now := time.Now()
	s.App.Auth.Now = func() time.Time { return now }
	return &now
}

// code is what the person's app shows; each call is half a minute later, because a code is good once.
func code(t *testing.T, s *webtest.Site, now *time.Time, p scope.Person) string {
	t.Helper()
	*now = now.Add(30 * time.Second)
	// The developer page shows it, once the factor is confirmed; before, the secret is on the page to be typed.
	codes, err := s.App.Auth.CurrentCodes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range codes {
		if c.Email == p.Email {
			return c.Code
		}
	}
	setup, err := s.App.Auth.PendingTOTP(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	c, err := totp.GenerateCode(setup.Secret, *now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func personOf(t *testing.T, s *webtest.Site, email string) scope.Person {
	t.Helper()
	u, err := users.ByEmail(t.Context(), s.App.DB.Direct(), email)
	if err != nil {
		t.Fatal(err)
	}
	return scope.Person{ID: u.ID, Email: u.Email, Name: u.Name}
}

var recoveryCode = regexp.MustCompile(`[a-z0-9]{4}(-[a-z0-9]{4}){6}`)

// withApp makes an account with a second factor, and returns its recovery codes.
func withApp(t *testing.T, s *webtest.Site, now *time.Time) (scope.Person, *webtest.Browser, []string) {
	t.Helper()
	p := s.Account(t, "Dana", dana)
	b := s.SignIn(t, dana)
	page := b.Get("/account/security").Submit("/account/security/totp").Want(200).At("/account/security/totp").Says("scan this picture")
	page = page.Submit("/account/security/totp/confirm", "code", code(t, s, now, p)).Want(200).Says("Keep these recovery codes")
	codes := recoveryCode.FindAllString(page.Body, -1)
	if len(codes) != 10 {
		t.Fatalf("%d recovery codes", len(codes))
	}
	return p, b, codes
}

func toSecond(t *testing.T, s *webtest.Site) (*webtest.Browser, *webtest.Page) {
	t.Helper()
	b := s.Browser(t)
	page := b.Get("/signin?next=/account").Submit("/signin", "email", dana, "password", webtest.Password).Want(200).At("/signin/second")
	b.Get("/account").At("/signin") // the password alone lets nobody in
	return b, page
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	p, b, _ := withApp(t, s, now)
	b.Get("/account/security").Says("Remove the app", "10 left")
	if mails := s.Mails(t, dana); len(mails) != 1 || mails[0].Subject != "A second factor was added" {
		t.Errorf("mails: %+v", mails)
	}
	b2, page := toSecond(t, s)
	page.Submit("/signin/second", "code", "").Want(422).Says("Enter the code")
	page.Submit("/signin/second", "code", "000000").Want(422).Says("not right")
	good := code(t, s, now, p)
	page.Submit("/signin/second", "code", good[:3]+" "+good[3:]).Want(200).At("/account")
	b2.Get("/account/security").Says("password + app")
	_, page = toSecond(t, s)
	page.Submit("/signin/second", "code", good).Want(422).Says("used already")
}

func TestPasswordChangeElsewhereEndsTheSecondStep(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	p, b, _ := withApp(t, s, now)
	*now = time.Now()
	_, page := toSecond(t, s)
	b.Get("/account").Submit("/account/password", "current", webtest.Password, "password", "a quite new password").Want(200)
	page.Submit("/signin/second", "code", code(t, s, now, p)).Want(200).At("/signin").Says("took too long")
}

func TestTheSecondStepDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	p, _, _ := withApp(t, s, now)
	b, page := toSecond(t, s)
	*now = now.Add(11 * time.Minute)
	page.Submit("/signin/second", "code", code(t, s, now, p)).Want(200).At("/signin").Says("took too long")
	b.Get("/account").At("/signin")
	s.Browser(t).Post("/signin/second", url.Values{"code": {"123456"}}).At("/signin")
}

func TestRecoveryCodesAreGoodOnce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	_, b, codes := withApp(t, s, clocked(s))
	in, page := toSecond(t, s)
	page.Submit("/signin/second", "code", strings.ToUpper(codes[3])).Want(200).At("/account")
	in.Get("/account/security").Says("9 left", "recovery code")
	_, page = toSecond(t, s)
	page.Submit("/signin/second", "code", codes[3]).Want(422)
	if told(t, s, "A recovery code was used") != 1 {
		t.Error("nobody was told that a recovery code was used")
	}
	page = b.Get("/account/security").Submit("/account/security/recovery-codes").Want(200).Says("earlier ones are worth nothing")
	fresh := recoveryCode.FindAllString(page.Body, -1)
	_, page = toSecond(t, s)
	page.Submit("/signin/second", "code", codes[4]).Want(422)
	page.Submit("/signin/second", "code", fresh[0]).Want(200).At("/account")
	var stored string
	err := s.App.DB.Direct().QueryRow(t.Context(), `select string_agg(encode(hash, 'escape'), ' ') from recovery_codes`).Scan(&stored)
	if err != nil || strings.Contains(stored, strings.ReplaceAll(fresh[1], "-", "")) {
		t.Errorf("a recovery code is stored as it is: %v", err)
	}
}

func TestCodesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	p, _, _ := withApp(t, s, now)
	_, page := toSecond(t, s)
	last := 0
	for range 8 {
		last = page.Submit("/signin/second", "code", "000000").Status
	}
	if last != 429 {
		t.Errorf("the eighth guess was answered %d", last)
	}
	page.Submit("/signin/second", "code", code(t, s, now, p)).Want(429)
}

func TestAFactorChangeEndsOtherSessions(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana", dana)
	elsewhere := s.SignIn(t, dana)
	now := clocked(s)
	b := s.SignIn(t, dana)
	p := scope.Person{Email: dana}
	if err := s.App.DB.Direct().QueryRow(t.Context(), `select id from users where email = $1`, dana).Scan(&p.ID); err != nil {
		t.Fatal(err)
	}
	b.Get("/account/security").Submit("/account/security/totp").Submit("/account/security/totp/confirm", "code", code(t, s, now, p)).Want(200)
	elsewhere.Get("/account").At("/signin")
	b.Get("/account/security").Submit("/account/security/totp/remove").Want(200).At("/account/security").Says("Set up an app")
	b.Post("/account/security/recovery-codes", nil).At("/account/security").Says("Set one up first")
	if n := count(t, s, `select count(*) from recovery_codes`); n != 0 {
		t.Errorf("%d recovery codes stand in for nothing", n)
	}
}

func TestConfirmingTheAppTwiceShowsCodesThatWork(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	p := s.Account(t, "Dana", dana)
	b := s.SignIn(t, dana)
	page := b.Get("/account/security").Submit("/account/security/totp")
	page.Submit("/account/security/totp/confirm", "code", "").Want(422).Says("Enter the code")
	page.Submit("/account/security/totp/confirm", "code", "000000").Want(422).Says("not the code that the app shows")
	good := code(t, s, now, p)
	page.Submit("/account/security/totp/confirm", "code", good)
	second := page.Submit("/account/security/totp/confirm", "code", good).Want(200)
	codes := recoveryCode.FindAllString(second.Body, -1)
	_, step := toSecond(t, s)
	step.Submit("/signin/second", "code", codes[0]).Want(200).At("/account")
	if n := told(t, s, "A second factor was added"); n != 1 {
		t.Errorf("told of the factor %d times", n)
	}
}

func TestAResetAsksForTheSecondFactorToo(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	p, _, _ := withApp(t, s, now)
	s.Mails(t, dana) // the notice of the factor
	b := s.Browser(t)
	b.Post("/forgot", url.Values{"email": {dana}}).Want(200)
	page := b.Get(s.Link(t, dana)).Submit("/reset", "password", "a quite new password").Want(200).At("/signin/second")
	b.Get("/account").At("/signin")
	page.Submit("/signin/second", "code", code(t, s, now, p)).Want(200).At("/orgs/new")
}

func TestWhatMattersNeedsARecentProof(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	p, b, _ := withApp(t, s, now)
	stale := func() {
		if _, err := s.App.DB.Direct().Exec(t.Context(), `update sessions set proven_at = now() - interval '16 minutes'`); err != nil {
			t.Fatal(err)
		}
	}
	stale()
	before := b.Clone()
	page := b.Get("/account/security").Submit("/account/security/totp/remove").Want(403).Says("Confirm that it is you", "Nothing was done yet")
	b.Get("/account/security").Says("Remove the app")
	good := code(t, s, now, p)
	page.Submit("/confirm", "password", "not the password at all", "code", good).Want(422).Says("not your password")
	page.Submit("/confirm", "password", webtest.Password).Want(422).Says("Enter the code")
	page.Submit("/confirm", "code", good).Want(422).Says("Enter your password")
	page.Submit("/confirm", "password", webtest.Password, "code", "000000").Want(422).Says("not right")
	b.Get("/account/security/totp").At("/confirm") // none of these proves anything
	page.Submit("/confirm", "password", webtest.Password, "code", good).Want(200).At("/account/security")
	before.Get("/account").At("/signin") // the token was renewed
	b.Get("/account/security").Submit("/account/security/totp/remove").Want(200).Says("Set up an app")
	b.Get("/account/security").Submit("/account/security/totp").Submit("/account/security/totp/confirm", "code", code(t, s, now, p)).Want(200)
	stale()
	page = b.Get("/account/security/totp").At("/confirm")
	form := url.Values{"password": {webtest.Password}, "code": {code(t, s, now, p)}, "next": {"/account/security"}}
	b.Post("/confirm", form).Want(200).At("/account/security")
	stale()
	b.Post("/confirm", form).Want(422).Says("used already")
	page.Submit("/confirm", "password", "").Want(422).Says("Enter your password")
}

func TestDevices(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana", dana)
	s.Account(t, "Mallory", "mallory@example.com")
	b, phone, office := s.SignIn(t, dana), s.SignIn(t, dana), s.SignIn(t, dana)
	page := b.Get("/account/security").Says("3 signed in", "This one")
	var others []string
	for _, action := range page.Actions() {
		if strings.HasPrefix(action, "/account/security/devices/") && action != "/account/security/devices/end" {
			others = append(others, action)
		}
	}
	if len(others) != 2 {
		t.Fatalf("%d other devices can be signed out", len(others))
	}
	s.SignIn(t, "mallory@example.com").Post(others[0], nil).Want(404)
	page.Submit(others[0]).Want(200).Says("2 signed in")
	page.Submit(others[0]).Want(404) // it has ended
	b.Post("/account/security/devices/no-id/end", nil).Want(404)
	page.Submit("/account/security/devices/end").Want(200).Says("1 signed in")
	phone.Get("/account").At("/signin")
	office.Get("/account").At("/signin")
	b.Get("/account").Want(200).At("/account")
}

func TestThisWasNotMe(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	_, thief, _ := withApp(t, s, now)
	link := s.Link(t, dana)
	victim := s.Browser(t)
	page := victim.Get(link).Want(200).Says("Secure your account")
	thief.Get("/account").At("/account") // opening the link does nothing
	page = page.Submit("/secure").Want(200).At("/reset").Says("Everybody is signed out")
	thief.Get("/account").At("/signin")
	page.Submit("/reset", "password", "a quite new password").Want(200).At("/orgs/new") // the thief's app is gone
	s.Browser(t).Get(link).Want(422)
	s.Browser(t).Get("/secure?token=none").Want(422)
	victim.Get("/account/security").Says("Set up an app")
}

func TestDevShowsCodes(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	s.Browser(t).Get("/dev").Want(200).Says("Nobody has a second factor yet")
	p, _, _ := withApp(t, s, now)
	shown := s.Browser(t).Get("/dev").Want(200).Says("Dana", dana)
	if c := code(t, s, now, p); !strings.Contains(s.Browser(t).Get("/dev").Text(), c) || strings.Contains(shown.Text(), c) {
		t.Errorf("the code %s is not shown", c)
	}
	s.Shell.Base.Dev = false
	s.Browser(t).Get("/dev").Want(404)
}
