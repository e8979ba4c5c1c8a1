package stripesim

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

//go:embed pages
var pageFiles embed.FS

// url is the address of one of our own pages.
func (s *Sim) url(path string) string {
	base := strings.TrimSuffix(s.cfg.PublicURL, "/")
	if base == "" {
		base = "http://127.0.0.1"
	}
	return base + path
}

// hosted are the parsed pages.
type hosted struct {
	sim   *Sim
	views map[string]*template.Template
}

func (s *Sim) pages(mux *http.ServeMux) {
	h := &hosted{sim: s, views: map[string]*template.Template{}}
	shared := template.Must(template.New("").Funcs(template.FuncMap{"money": money, "date": date}).
		ParseFS(pageFiles, "pages/layout.html", "pages/card.html", "pages/details.html"))
	for _, name := range []string{"checkout", "authenticate", "message", "portal", "portal_card", "portal_details", "invoice"} {
		h.views[name] = template.Must(template.Must(shared.Clone()).ParseFS(pageFiles, "pages/"+name+".html"))
	}
	same := http.NewCrossOriginProtection()
	for pattern, answer := range map[string]http.HandlerFunc{
		"GET /{$}":                               h.index,
		"GET /assets/sim.css":                    h.css,
		"GET /c/pay/{id}":                        h.showCheckout,
		"POST /c/pay/{id}":                       h.submitCheckout,
		"GET /c/pay/{id}/authenticate":           h.showCheckoutAuth,
		"POST /c/pay/{id}/authenticate":          h.submitCheckoutAuth,
		"GET /p/session/{id}":                    h.showPortal,
		"POST /p/session/{id}/cancel":            h.portalCancel,
		"POST /p/session/{id}/renew":             h.portalRenew,
		"POST /p/session/{id}/plan":              h.portalChange,
		"GET /p/session/{id}/details":            h.showPortalDetails,
		"POST /p/session/{id}/details":           h.submitPortalDetails,
		"GET /p/session/{id}/card":               h.showPortalCard,
		"POST /p/session/{id}/card":              h.submitPortalCard,
		"GET /p/session/{id}/card/authenticate":  h.showPortalAuth,
		"POST /p/session/{id}/card/authenticate": h.submitPortalAuth,
		"GET /i/{id}":                            h.showInvoice,
		"POST /i/{id}":                           h.submitInvoice,
		"GET /i/{id}/authenticate":               h.showInvoiceAuth,
		"POST /i/{id}/authenticate":              h.submitInvoiceAuth,
		"GET /i/{id}/pdf":                        h.invoicePDF,
	} {
		mux.Handle(pattern, same.Handler(answer))
	}
}

// shell is what every page has.
type shell struct {
	Title string
	Body  any
	Now   string
}

// show writes a page. leaves lists the addresses of other origins that its forms may end at, because
// browsers also check the redirect that follows a form.
func (h *hosted) show(w http.ResponseWriter, r *http.Request, status int, view, title string, body any, leaves ...string) {
	targets := []string{"'self'"}
	for _, address := range leaves {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			targets = append(targets, u.Scheme+"://"+u.Host)
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "+
		"frame-ancestors 'none'; form-action "+strings.Join(targets, " "))
	w.WriteHeader(status)
	h.sim.lockFor(r.PathValue("id"))
	now := h.sim.now()
	h.sim.unlock()
	data := shell{Title: title, Body: body, Now: now.Format("2 January 2006, 15:04 UTC")}
	if err := h.views[view].ExecuteTemplate(w, "layout", data); err != nil {
		h.sim.log.Error("showing a hosted page", "page", view, "error", err)
	}
}

// message is a page that only says something.
type message struct {
	Heading, Text, Link, LinkText string
}

func (h *hosted) say(w http.ResponseWriter, r *http.Request, status int, m message) {
	h.show(w, r, status, "message", m.Heading, m)
}

func (h *hosted) notFound(w http.ResponseWriter, r *http.Request) {
	h.say(w, r, http.StatusNotFound, message{
		Heading: "This page was not found",
		Text:    "The link may be incomplete, or the local Stripe was started anew since it was made.",
	})
}

func (h *hosted) index(w http.ResponseWriter, r *http.Request) {
	h.say(w, r, http.StatusOK, message{
		Heading: "This is the local Stripe",
		Text: "It imitates Stripe for development and tests. No money moves. The program opens its Checkout, " +
			"Portal and invoice pages; the API is under /v1/.",
	})
}

func (h *hosted) css(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=60")
	http.ServeFileFS(w, r, pageFiles, "pages/sim.css")
}

func readCardForm(r *http.Request) CardForm {
	return CardForm{
		Email: r.PostFormValue("email"), Number: r.PostFormValue("number"), Expiry: r.PostFormValue("expiry"),
		CVC: r.PostFormValue("cvc"), Name: r.PostFormValue("name"), Details: readDetails(r),
	}
}

// cardFields is the shared card form with what was typed and what was wrong.
type cardFields struct {
	Form    CardForm
	Errors  fieldErrors
	Problem string
	Cards   []TestCard
}

func (f cardFields) failed() bool { return f.Problem != "" || len(f.Errors) > 0 }

// filled puts a test card into the form when one of its buttons was pressed.
func (h *hosted) filled(r *http.Request, form CardForm) (CardForm, bool) {
	number := r.PostFormValue("fill")
	card, known := testCard(number)
	if !known {
		return form, false
	}
	example := h.sim.CardWith(number)
	form.Number, form.Expiry, form.CVC = card.Grouped(), example.Expiry, example.CVC
	if form.Name == "" {
		form.Name = example.Name
	}
	return form, true
}

// status of a page that shows a form again.
func formStatus(f cardFields) int {
	if f.failed() {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}
