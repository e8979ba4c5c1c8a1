package stripesim

import (
	"errors"
	"net/mail"
	"strconv"
	"strings"
)

// CardForm is what a person types on a hosted page.
type CardForm struct {
	Email  string `json:"email"`
	Number string `json:"number"`
	Expiry string `json:"expiry"` // MM / YY
	CVC    string `json:"cvc"`
	Name   string `json:"name"`
	// Details are asked for by some sessions.
	Details DetailsForm `json:"details"`
}

// CardWith fills the form with a number and plausible other fields.
func (s *Sim) CardWith(number string) CardForm {
	return CardForm{Number: number, Expiry: "12 / " + strconv.Itoa((s.Now().Year()+3)%100), CVC: "123", Name: "Test Person", Email: "person@example.com",
		Details: DetailsForm{Name: "Test Business", Address: Address{Line1: "Main Street 1", City: "Berlin", PostalCode: "10115", Country: "DE"}}}
}

// fieldErrors are mistakes of a form by field name.
type fieldErrors map[string]string

// checked returns the card of the form, or what is wrong with the fields.
func (s *Sim) checked(form CardForm) (*PaymentMethod, fieldErrors) {
	wrong := fieldErrors{}
	number := digits(form.Number)
	if len(number) < 12 || len(number) > 19 || !luhn(number) {
		wrong["number"] = "Your card number is invalid."
	}
	month, year, ok := readExpiry(form.Expiry)
	now := s.now()
	switch {
	case !ok:
		wrong["expiry"] = "Your card's expiration date is incomplete."
	case year < int64(now.Year()) || year == int64(now.Year()) && month < int64(now.Month()):
		wrong["expiry"] = "Your card's expiration date is in the past."
	}
	if code := digits(form.CVC); len(code) < 3 || len(code) > 4 {
		wrong["cvc"] = "Your card's security code is incomplete."
	}
	if strings.TrimSpace(form.Name) == "" {
		wrong["name"] = "Enter the name on the card."
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return s.newPaymentMethod(number, month, year, BillingDetails{Email: form.Email, Name: strings.TrimSpace(form.Name)}), nil
}

func readExpiry(typed string) (month, year int64, ok bool) {
	code := digits(typed)
	if len(code) == 3 || len(code) == 5 {
		code = "0" + code
	}
	if len(code) != 4 && len(code) != 6 {
		return 0, 0, false
	}
	month, errMonth := strconv.ParseInt(code[:2], 10, 64)
	year, errYear := strconv.ParseInt(code[2:], 10, 64)
	if len(code) == 4 {
		year += 2000
	}
	return month, year, errMonth == nil && errYear == nil && month >= 1 && month <= 12
}

func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		n := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// payResult is how far a hosted payment came.
type payResult struct {
	fields       fieldErrors
	problem      string // shown above the form
	authenticate bool   // go to the 3-D Secure page
}

func (r payResult) ok() bool { return len(r.fields) == 0 && r.problem == "" && !r.authenticate }

// wantsCard reports whether the page asks for a card at all.
func (cs *CheckoutSession) wantsCard() bool {
	return cs.AmountTotal > 0 || cs.PaymentMethodCollection == "always"
}

// pay does what the button of the page does. passed: 3-D Secure was just completed.
func (s *Sim) pay(cs *CheckoutSession, form CardForm, passed bool) payResult {
	if cs.Status != "open" {
		return payResult{problem: "This page is no longer open."}
	}
	if problem := s.stillGood(cs); problem != "" {
		return payResult{problem: problem}
	}
	email, wrongEmail := s.checkoutEmail(cs, form)
	form.Email = email
	var pm *PaymentMethod
	wrong := fieldErrors{}
	if cs.wantsCard() {
		pm, wrong = s.checked(form)
	}
	if wrong == nil {
		wrong = fieldErrors{}
	}
	if wrongEmail != "" {
		wrong["email"] = wrongEmail
	}
	form.Details.check(cs.asks(), wrong)
	if len(wrong) > 0 {
		return payResult{fields: wrong}
	}
	if pm != nil {
		if result := s.tryHosted(cs, pm, passed); result != nil {
			if result.authenticate {
				cs.Internal.Typed = &form
				s.touched()
			}
			return *result
		}
		pm.Internal.SetUp = passed
	}
	s.completeCheckout(cs, pm, form, passed)
	return payResult{}
}

func (s *Sim) checkoutEmail(cs *CheckoutSession, form CardForm) (email, wrong string) {
	if cus := s.st.Customers.get(cs.Customer); cus != nil && cus.Email != "" {
		return cus.Email, ""
	}
	if cs.CustomerEmail != "" {
		return cs.CustomerEmail, ""
	}
	address, err := mail.ParseAddress(strings.TrimSpace(form.Email))
	if err != nil {
		return form.Email, "Enter an e-mail address such as name@example.com."
	}
	return address.Address, ""
}

// tryHosted returns why the card does not work now, or nil.
func (s *Sim) tryHosted(cs *CheckoutSession, pm *PaymentMethod, passed bool) *payResult {
	result := foresee(pm, passed)
	if cs.AmountTotal == 0 && !result.authenticate {
		result.failure = attachProblem(pm.Internal.Number)
	}
	if result.authenticate {
		return &payResult{authenticate: true}
	}
	if result.failure == nil {
		return nil
	}
	if cs.AmountTotal > 0 {
		pi := s.newIntent(cs.AmountTotal, cs.Currency, cs.Customer, "Subscription creation")
		s.fail(pi, pm, result.failure)
	}
	return &payResult{problem: result.failure.Message}
}

func (s *Sim) completeCheckout(cs *CheckoutSession, pm *PaymentMethod, form CardForm, passed bool) {
	cus := s.st.Customers.get(cs.Customer)
	fresh := cus == nil
	if fresh {
		cus = &Customer{
			ID: s.newID("cus_", 14), Created: s.now().Unix(), Email: form.Email, Name: strings.TrimSpace(form.Name),
			InvoicePrefix: strings.ToUpper(s.newID("", 8)), NextInvoiceSequence: 1,
		}
		s.addCustomer(cus)
		cs.Customer = cus.ID
	} else if cus.Email == "" {
		s.changeCustomer(cus, func() { cus.Email = form.Email })
	}
	s.noteDetails(cs, cus, form, fresh)
	from := start{
		customer: cus.ID, items: cs.Internal.Items, trialEnd: cs.Internal.TrialEnd, missingMethod: cs.Internal.MissingMethod,
		description: cs.Internal.Description, metadata: cs.Internal.SubscriptionMetadata, passed: passed,
		discount: s.discountOf(cs),
	}
	if cs.Internal.TrialDays > 0 {
		from.trialEnd = s.now().AddDate(0, 0, int(cs.Internal.TrialDays)).Unix()
	}
	if pm != nil {
		s.attach(pm, cus.ID)
		from.method = pm.ID
	}
	sub := s.startSubscription(from)
	cs.Subscription, cs.Invoice, cs.Status, cs.PaymentStatus = sub.ID, sub.LatestInvoice, "complete", "paid"
	if cs.AmountTotal == 0 {
		cs.PaymentStatus = "no_payment_required"
	}
	cs.Internal.Typed = nil
	s.emit("checkout.session.completed", s.checkout(cs), nil)
}

// successURL is where the person goes after paying.
func (cs *CheckoutSession) successURL() string {
	return strings.ReplaceAll(cs.SuccessURL, "{CHECKOUT_SESSION_ID}", cs.ID)
}

// ErrAuthentication is returned by the Pay helpers for a card that asks for 3-D Secure.
var ErrAuthentication = errors.New("the card asks for 3-D Secure")

// PayCheckout does what a person on the Checkout page does with this card number, 3-D Secure left out
// (then it returns ErrAuthentication). It returns the URL the person is sent to.
func (s *Sim) PayCheckout(sessionID, number string) (string, error) {
	return s.payCheckout(sessionID, number, false)
}

// AuthenticateCheckout is PayCheckout with 3-D Secure completed.
func (s *Sim) AuthenticateCheckout(sessionID, number string) (string, error) {
	return s.payCheckout(sessionID, number, true)
}

func (s *Sim) payCheckout(sessionID, number string, passed bool) (string, error) {
	form := s.CardWith(number)
	s.lockFor(sessionID)
	defer s.unlock()
	cs := s.st.Checkouts.get(sessionID)
	if cs == nil {
		return "", noSuch("checkout.session", sessionID, "")
	}
	result := s.pay(cs, form, passed)
	switch {
	case result.authenticate:
		return "", ErrAuthentication
	case result.problem != "":
		return "", errors.New(result.problem)
	}
	for _, message := range result.fields {
		return "", errors.New(message)
	}
	return cs.successURL(), nil
}
