// Package account walks through what a person proves with, in Chromium, on the whole program.
package account

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"plinth/test/browser/chrome"
	"plinth/test/program"
)

// owner is the demo's owner, as `plinth dev` prints the sign-in.
func owner(t *testing.T, app *program.Program) program.Login {
	t.Helper()
	for _, l := range app.Logins {
		if l.Role == "owner" {
			return l
		}
	}
	t.Fatal("the demo has no owner")
	return program.Login{}
}

// walk is a tab.
type walk struct {
	*chrome.Page
	t *testing.T
}

func newWalk(t *testing.T, app *program.Program, o chrome.Options) *walk {
	o.Base = app.URL
	return &walk{Page: chrome.New(t, o), t: t}
}

func (w *walk) password(l program.Login) {
	w.t.Helper()
	w.Open("/signin?next=/account/security")
	w.Fill("E-mail", l.Email)
	w.Fill("Password", l.Password)
	w.Press("main form button.btn-primary")
}

func (w *walk) look(name string) {
	w.t.Helper()
	w.Shot("account-" + name)
	w.Axe()
}

var (
	sixDigits    = regexp.MustCompile(`\b\d{6}\b`)
	recoveryCode = regexp.MustCompile(`\b[a-z0-9]{4}(-[a-z0-9]{4}){6}\b`)
)

// codeAt is what an app with the key shows at a time.
func codeAt(t *testing.T, key string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(key, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestPasskeyJourney(t *testing.T) {
	app := program.Dev(t, program.Folder(t))
	l := owner(t, app)
	for _, o := range []chrome.Options{{Width: 1440, Height: 900}, {Width: 390, Height: 844, Dark: true}} {
		w := newWalk(t, app, o)
		w.Passkeys()
		w.password(l)
		w.At("/account/security")
		w.look("security")
		w.Fill("Name", "My laptop")
		w.Click("Add a passkey")
		w.See("Keep these recovery codes")
		w.look("recovery-codes")
		codes := recoveryCode.FindAllString(w.Text(), -1)
		if len(codes) != 10 {
			t.Fatalf("%d recovery codes", len(codes))
		}
		w.Click("I have kept them")
		w.See("My laptop")
		w.look("security-passkey")
		w.Open("/orgs/new")
		w.Click("Sign out")
		w.At("/signin")

		// In without a name, a password or a code.
		w.Open("/signin?next=/account/security")
		w.look("signin")
		w.Click("Use a passkey")
		w.At("/account/security")
		w.See("by passkey")

		// The password alone is not enough any more; a recovery code is the way in where the passkey is not.
		other := newWalk(t, app, o)
		other.password(l)
		other.At("/signin/second")
		other.look("second")
		other.Fill("Code", codes[0])
		other.Press("main form button.btn-primary")
		other.At("/account/security")
		other.See("9 left")

		// The same passkey is not made twice, and removing it leaves the password.
		w.Click("Add a passkey")
		w.See("has a passkey of your account already")
		w.Press("form[action$='/remove'] button")
		w.See("The passkey is removed")
	}
}

func TestAuthenticatorAppJourney(t *testing.T) {
	app := program.Dev(t, program.Folder(t))
	l := owner(t, app)
	w := newWalk(t, app, chrome.Options{Width: 1440, Height: 900})
	w.password(l)
	w.At("/account/security")
	w.Click("Set up an app")
	w.At("/account/security/totp")
	w.look("totp")
	w.Click("It cannot be scanned?")
	key := strings.ReplaceAll(w.Find("main details code"), " ", "")
	w.Fill("Code that the app shows", codeAt(t, key, time.Now()))
	w.Click("Turn it on")
	w.See("Keep these recovery codes")
	codes := recoveryCode.FindAllString(w.Text(), -1)
	w.Open("/dev")
	if shown := sixDigits.FindString(w.Text()); shown == "" {
		t.Error("the developer page shows no code")
	}
	w.look("dev")

	other := newWalk(t, app, chrome.Options{})
	other.password(l)
	other.At("/signin/second")
	other.Fill("Code", codeAt(t, key, time.Now().Add(30*time.Second))) // the next one: this one is used up
	other.Press("main form button.btn-primary")
	other.At("/account/security")

	still := newWalk(t, app, chrome.Options{NoScript: true})
	still.password(l)
	still.At("/signin/second")
	still.Fill("Code", codes[1])
	still.Press("main form button.btn-primary")
	still.At("/account/security")
	still.Press("form[action='/account/security/totp/remove'] button")
	still.See("Set up an app")
}

func TestLinkJourney(t *testing.T) {
	app := program.Dev(t, program.Folder(t))
	l := owner(t, app)
	for _, o := range []chrome.Options{{Width: 1440, Height: 900}, {Width: 390, Height: 844, NoScript: true}} {
		w := newWalk(t, app, o)
		w.Open("/signin")
		w.Fill("E-mail", l.Email)
		w.Press("button[formaction='/signin/link']")
		w.At("/signin/link/sent")
		w.See("Check your mail")

		w.Until("the mail", func() bool {
			w.Open("/dev/mail?to=" + l.Email)
			return w.Says("Sign in to Plinth")
		})
		w.Click("Sign in to Plinth")
		w.See("As text")
		w.Open(strings.TrimPrefix(w.Link(app.URL+"/"), app.URL))
		w.See("One press and you are in")
		if !o.NoScript {
			w.look("link")
		}
		w.Press("main form button.btn-primary")
		w.At("/orgs")
		w.Open("/account/security")
		w.See("by mail")
		// The next link is another mail; this one stays the newest until then.
		w.Open("/dev/mail")
		w.Press("form[action='/dev/mail/clear'] button")
	}
}
