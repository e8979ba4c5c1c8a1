package handlers

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/session"
	"plinth/internal/users"
	"plinth/views"
	"plinth/views/ui"
)

// Auth serves sign-up, sign-in and forgotten passwords.
type Auth struct {
	*Base
	Auth *auth.Auth
}

// NewSignup shows the sign-up form, while everybody can make an account. A plan that somebody came for is kept until they have an organization.
func (h *Auth) NewSignup(w http.ResponseWriter, r *http.Request) error {
	if !h.Auth.Open() {
		return h.Render(w, r, http.StatusOK, views.SignupClosed())
	}
	query := r.URL.Query()
	next := SafeNext(query.Get("next"), "")
	if plan := query.Get("plan"); plan != "" && next == "" {
		next = SafeNext("/orgs/new?"+url.Values{"plan": {plan}}.Encode(), "")
	}
	f := ui.Form{Values: map[string][]string{"email": {query.Get("email")}, "next": {next}}}
	return h.Render(w, r, http.StatusOK, views.Signup(f))
}

// CreateSignup keeps a sign-up and sends its mail. No session begins, and the answer is the same for every address.
func (h *Auth) CreateSignup(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[auth.SignUpForm](h.Base, r)
	if err != nil {
		return err
	}
	f.Next = SafeNext(f.Next, "")
	id, err := h.Auth.SignUp(r.Context(), f, Device(r))
	if err != nil {
		return h.Again(w, r, err, views.Signup)
	}
	return h.toCheckMail(w, r, id, f.Email)
}

// toCheckMail remembers in this browser where the mail went.
func (h *Auth) toCheckMail(w http.ResponseWriter, r *http.Request, id uuid.UUID, email string) error {
	if err := h.Sessions.SetPending(w, r, session.Pending{SignupID: id.String(), Email: users.NormalEmail(email)}); err != nil {
		return err
	}
	return h.Redirect(w, r, "/check-mail")
}

// CheckMail says where the mail went, to the browser that signed up.
func (h *Auth) CheckMail(w http.ResponseWriter, r *http.Request) error {
	p, err := h.Sessions.GetPending(r)
	if err != nil {
		return h.Redirect(w, r, "/signup")
	}
	return h.Render(w, r, http.StatusOK, views.CheckMail(p.Email, ui.Form{}))
}

// ResendVerification sends the mail again.
func (h *Auth) ResendVerification(w http.ResponseWriter, r *http.Request) error {
	p, id, err := h.pending(r)
	if err != nil {
		return h.Redirect(w, r, "/signup")
	}
	if err := h.Auth.ResendVerification(r.Context(), id, Device(r)); err != nil {
		return h.Again(w, r, err, checkMail(p.Email))
	}
	h.Flash(w, r, "The mail is on its way again.")
	return h.Redirect(w, r, "/check-mail")
}

// CorrectAddress sends the mail to another address.
func (h *Auth) CorrectAddress(w http.ResponseWriter, r *http.Request) error {
	p, id, err := h.pending(r)
	if err != nil {
		return h.Redirect(w, r, "/signup")
	}
	f, err := Decode[struct {
		Email string `form:"email"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Auth.CorrectAddress(r.Context(), id, f.Email, Device(r)); err != nil {
		return h.Again(w, r, err, checkMail(p.Email))
	}
	h.Flash(w, r, "The mail is on its way to the new address.")
	return h.toCheckMail(w, r, id, f.Email)
}

func checkMail(email string) func(ui.Form) templ.Component {
	return func(f ui.Form) templ.Component { return views.CheckMail(email, f) }
}

func (h *Auth) pending(r *http.Request) (session.Pending, uuid.UUID, error) {
	p, err := h.Sessions.GetPending(r)
	if err != nil {
		return p, uuid.Nil, err
	}
	id, err := uuid.Parse(p.SignupID)
	return p, id, err
}

// ShowVerify asks for a button to be pressed: opening the link uses nothing up, because mail scanners open links too. Who
// opens it again once it has let them in is led on.
func (h *Auth) ShowVerify(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("token")
	link, err := h.Auth.SignUpLink(r.Context(), token, h.ownSignup(r))
	if _, signedIn := h.Sessions.Current(r.Context()); isLink(err) && signedIn {
		h.Flash(w, r, "That link has been used or is too old. You are signed in already.")
		return h.Redirect(w, r, "/orgs")
	}
	if err != nil {
		return h.linkProblem(w, r, err, "Sign in", "/signin")
	}
	return h.Render(w, r, http.StatusOK, views.Verify(ui.Form{Values: map[string][]string{"name": {link.Name}}}, token, link))
}

// ownSignup is the sign-up this browser began, or nil.
func (h *Auth) ownSignup(r *http.Request) uuid.UUID {
	_, id, err := h.pending(r)
	if err != nil {
		return uuid.Nil
	}
	return id
}

// CreateVerification uses the link up, makes the account and signs in.
func (h *Auth) CreateVerification(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[auth.VerifyForm](h.Base, r)
	if err != nil {
		return err
	}
	f.SignupID = h.ownSignup(r)
	v, err := h.Auth.Verify(r.Context(), f, Device(r))
	if err != nil {
		return h.verifyProblem(w, r, err, f)
	}
	h.Sessions.ClearPending(w, r)
	return h.proceed(w, r, v.Entry, SafeNext(v.Next, "/orgs"))
}

// verifyProblem shows the form again when the link is still good.
func (h *Auth) verifyProblem(w http.ResponseWriter, r *http.Request, err error, f auth.VerifyForm) error {
	link, linkErr := h.Auth.SignUpLink(r.Context(), f.Token, f.SignupID)
	if isLink(err) || linkErr != nil {
		return h.linkProblem(w, r, err, "Sign in", "/signin")
	}
	return h.Again(w, r, err, func(form ui.Form) templ.Component { return views.Verify(form, f.Token, link) })
}

// linkProblem explains a link that is used up, too old or cut off; other errors go on.
func (h *Auth) linkProblem(w http.ResponseWriter, r *http.Request, err error, actionText, actionURL string) error {
	return h.Again(w, r, asLink(err), func(f ui.Form) templ.Component {
		ctx := r.Context()
		return views.LinkProblem(ui.T(ctx, "This link does not work"), ui.T(ctx, f.Summary), ui.T(ctx, actionText), actionURL)
	})
}
