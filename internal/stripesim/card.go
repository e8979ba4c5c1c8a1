package stripesim

import "strings"

// TestCard is a card number with a known behaviour, as Stripe's test cards.
type TestCard struct {
	Number  string
	Brand   string
	Meaning string // what happens, for people
	// attachFails and chargeFails are the errors of saving and of charging; nil: it works.
	attachFails *apiError
	chargeFails *apiError
	// authenticate: "" never, "once" until it was set up with 3-D Secure, "always" on every charge.
	authenticate string
	disputes     bool // its holder takes each payment back
}

// Grouped is the number in groups of four, as printed on a card.
func (c TestCard) Grouped() string {
	var groups []string
	for rest := c.Number; rest != ""; {
		n := min(4, len(rest))
		groups, rest = append(groups, rest[:n]), rest[n:]
	}
	return strings.Join(groups, " ")
}

func declined() *apiError {
	return cardError("card_declined", "generic_decline", "Your card was declined.")
}

// TestCards lists the numbers that the local Stripe knows, the common ones first.
func TestCards() []TestCard {
	short := cardError("card_declined", "insufficient_funds", "Your card has insufficient funds.")
	expired := cardError("expired_card", "", "Your card has expired.")
	code := cardError("incorrect_cvc", "", "Your card's security code is incorrect.")
	return []TestCard{
		{Number: "4242424242424242", Brand: "visa", Meaning: "Pays"},
		{Number: "4000000000000002", Brand: "visa", Meaning: "Is declined", attachFails: declined(), chargeFails: declined()},
		{Number: "4000002500003155", Brand: "visa", Meaning: "Asks for 3-D Secure, then pays", authenticate: "once"},
		{Number: "4000000000000341", Brand: "visa", Meaning: "Can be saved, but charging it fails", chargeFails: declined()},
		{Number: "4000000000009995", Brand: "visa", Meaning: "Has insufficient funds", attachFails: short, chargeFails: short},
		{Number: "4000002760003184", Brand: "visa", Meaning: "Asks for 3-D Secure on every charge", authenticate: "always"},
		{Number: "4000008400001629", Brand: "visa", Meaning: "Asks for 3-D Secure, then is declined", chargeFails: declined(), authenticate: "once"},
		{Number: "4000000000000069", Brand: "visa", Meaning: "Has expired", attachFails: expired, chargeFails: expired},
		{Number: "4000000000000127", Brand: "visa", Meaning: "Has a wrong security code", attachFails: code, chargeFails: code},
		{Number: "4000000000000259", Brand: "visa", Meaning: "Pays, then is disputed", disputes: true},
		{Number: "5555555555554444", Brand: "mastercard", Meaning: "Pays (Mastercard)"},
	}
}

// testCard finds the behaviour of a number. A number that is none of the test cards is declined, as
// Stripe's test mode does.
func testCard(number string) (TestCard, bool) {
	for _, card := range TestCards() {
		if card.Number == number {
			return card, true
		}
	}
	return TestCard{}, false
}

// namedCard finds the number behind Stripe's ready-made payment methods and tokens.
func namedCard(name string) (string, bool) {
	number, ok := map[string]string{
		"pm_card_visa": "4242424242424242", "pm_card_us": "4242424242424242", "tok_visa": "4242424242424242",
		"pm_card_mastercard": "5555555555554444", "tok_mastercard": "5555555555554444",
		"pm_card_chargeCustomerFail": "4000000000000341", "tok_chargeCustomerFail": "4000000000000341",
		"pm_card_chargeDeclined": "4000000000000002", "tok_chargeDeclined": "4000000000000002",
		"pm_card_createDispute": "4000000000000259", "tok_createDispute": "4000000000000259",
		"pm_card_visa_chargeDeclined":                                   "4000000000000002",
		"pm_card_visa_chargeDeclinedInsufficientFunds":                  "4000000000009995",
		"pm_card_chargeDeclinedInsufficientFunds":                       "4000000000009995",
		"pm_card_authenticationRequired":                                "4000002760003184",
		"pm_card_authenticationRequiredOnSetup":                         "4000002500003155",
		"pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": "4000008400001629",
	}[name]
	return number, ok
}

// digits drops the spaces and dashes that people type between groups.
func digits(typed string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, typed)
}
