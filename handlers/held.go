package handlers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/telemetry"
	"plinth/views"
	"plinth/views/ui"
)

// held is the text of a form that was sent after the session had ended. It travels sealed through the sign-in form and
// then waits in the session until the form's page is shown: no size limit of cookies, and nothing is stored for people
// who are not signed in.
type held struct {
	Action string     `json:"a"` // the path it was sent to
	Page   string     `json:"p"` // the page with the form
	Values url.Values `json:"v"`
	User   uuid.UUID  `json:"u"` // whose session had ended; nil when nothing was left of it
}

const heldUse = "held form"

// maxHeld bounds what is carried along; a longer text could not be sent again by the sign-in form.
const maxHeld = 300 << 10

// askToSignIn answers a request whose session is missing or over: a page leads to sign-in and back, a form keeps its
// text. A stream, which nobody sees and a page that is left begins anew, changes nothing and is told to stay away.
func (b *Base) askToSignIn(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Accept") == streamType {
		w.Header().Set("Content-Type", streamType)
		_, err := io.WriteString(w, farewellSignedOut)
		return err
	}
	if back, err := b.Sessions.Return(w, r); back || err != nil {
		if err != nil {
			return err
		}
		b.Flash(w, r, "You no longer look as somebody else: the time was over, or it was ended.")
		return b.toOffice(w, r, "/admin")
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		next := r.URL.RequestURI()
		if IsHX(r) {
			next = pageOf(r)
		}
		return b.Redirect(w, r, "/signin?next="+url.QueryEscape(next))
	}
	sealed, next, err := b.hold(r)
	if err != nil {
		return err
	}
	if IsHX(r) {
		// The whole page is put in place of the piece that was asked for.
		w.Header().Set("HX-Retarget", "body")
		w.Header().Set("HX-Reswap", "innerHTML")
		w.Header().Set("HX-Push-Url", "/signin")
	}
	return b.Render(w, r, http.StatusUnauthorized, views.Signin(ui.Form{}, next, sealed))
}

// hold seals the sent form.
func (b *Base) hold(r *http.Request) (sealed, next string, err error) {
	if err := textsOf(r); err != nil {
		return "", "", err
	}
	if err := parse(r); err != nil {
		return "", "", err
	}
	if next = pageOf(r); next == "/" {
		next = SafeNext(r.URL.EscapedPath(), "/") // some pages and browsers send no Referer
	}
	who, _ := b.Sessions.Current(r.Context())
	data, err := json.Marshal(held{Action: r.URL.Path, Page: pathOnly(next), Values: cloneValues(r.PostForm), User: who.UserID})
	if err != nil {
		return "", "", fmt.Errorf("keep the form: %w", err)
	}
	if len(data) > maxHeld {
		return "", next, fault.New(fault.TooLarge, "You were signed out, and this text is too long to keep. Copy it, then sign in.")
	}
	return b.Keys.Seal(heldUse, data, nil), next, nil
}

// keepHeld moves the sealed form into the session of the person who has just signed in, unless somebody else typed it.
func (b *Base) keepHeld(w http.ResponseWriter, r *http.Request, user uuid.UUID) error {
	sealed := r.PostForm.Get("held")
	if sealed == "" {
		return nil
	}
	data, err := b.Keys.Open(heldUse, sealed, nil)
	if err != nil {
		return nil //nolint:nilerr // made up or of an older key: there is nothing to keep, and signing in goes on
	}
	var h held
	if json.Unmarshal(data, &h) != nil || (h.User != uuid.Nil && h.User != user) {
		return nil //nolint:nilerr // not the text of this person: it is not kept, and signing in goes on
	}
	return b.Sessions.Hold(w, r, data)
}

// Fresh is an empty form for a page, or the one whose text was kept when the session ended. action is the path the form
// posts to.
func (b *Base) Fresh(w http.ResponseWriter, r *http.Request, action string) ui.Form {
	f := b.Kept(w, r, action)
	if f.Values == nil {
		f.Values = url.Values{"id": {newID()}}
	}
	return f
}

// Kept is the form whose text was kept when the session ended, or the zero form, for pages that show what is stored.
func (b *Base) Kept(w http.ResponseWriter, r *http.Request, action string) ui.Form {
	var h held
	if data := b.Sessions.Peek(r.Context()); data == nil || json.Unmarshal(data, &h) != nil || h.Action != action {
		return ui.Form{}
	}
	if _, err := b.Sessions.Held(w, r); err != nil {
		telemetry.TraceFrom(r.Context()).Err = err
	}
	return ui.Form{Values: h.Values}
}

// newID is the id of what a form will make: sending the form twice makes one thing.
func newID() string {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.NewString()
	}
	return id.String()
}

// pageOf is the page a request was sent from, on this origin.
func pageOf(r *http.Request) string {
	ref, err := url.Parse(r.Referer())
	if err != nil || ref.Host != r.Host || ref.Path == "/signin" {
		return "/"
	}
	return SafeNext(ref.RequestURI(), "/")
}

func pathOnly(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return "/"
	}
	return u.Path
}

// cloneValues copies form values without what must not be kept or shown again.
func cloneValues(values url.Values) url.Values {
	out := make(url.Values, len(values))
	for name, v := range values {
		if name != "password" && name != "current" && name != "token" && name != "code" {
			out[name] = v
		}
	}
	return out
}
