package handlers

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"plinth/internal/fault"
	"plinth/internal/stripesim"
	"plinth/views"
	"plinth/views/ui"
)

// chaosForm is what is made to go wrong with webhooks, as it was typed.
type chaosForm struct {
	Duplicate   string `form:"duplicate"`
	Delay       string `form:"delay"` // seconds
	Reorder     string `form:"reorder"`
	DropNext    string `form:"drop_next"`
	DropTypes   string `form:"drop_types"`
	Hold        bool   `form:"hold"`
	WrongSecret bool   `form:"wrong_secret"`
	Calm        bool   `form:"calm"` // nothing goes wrong, whatever else was typed
}

func (f chaosForm) read() (stripesim.Chaos, error) {
	if f.Calm {
		return stripesim.Chaos{}, nil
	}
	wrong := fault.Fields{}
	within := func(name, typed string, most int) int {
		n, err := strconv.Atoi(strings.TrimSpace(typed))
		if strings.TrimSpace(typed) == "" {
			return 0
		}
		if err != nil || n < 0 || n > most {
			wrong.Add(name, "Enter a whole number from 0 to "+strconv.Itoa(most)+".")
		}
		return n
	}
	chaos := stripesim.Chaos{
		Duplicate: within("duplicate", f.Duplicate, 20), Delay: time.Duration(within("delay", f.Delay, 3600)) * time.Second,
		Reorder: within("reorder", f.Reorder, 50), DropNext: within("drop_next", f.DropNext, 100),
		DropTypes: strings.Fields(f.DropTypes), Hold: f.Hold, WrongSecret: f.WrongSecret,
	}
	for _, kind := range chaos.DropTypes {
		if strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz._*") != "" {
			wrong.Add("drop_types", "Types look like invoice.paid or customer.*, separated by spaces.")
		}
	}
	return chaos, wrong.Err()
}

// SetChaos changes what goes wrong with webhooks, for all endpoints.
func (h *DevStripe) SetChaos(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	f, err := Decode[chaosForm](h.Base, r)
	if err != nil {
		return err
	}
	chaos, err := f.read()
	if err != nil {
		return h.Again(w, r, err, func(f ui.Form) templ.Component {
			page := h.page()
			page.Chaos = f.Ordered("duplicate", "delay", "reorder", "drop_next", "drop_types")
			return views.DevStripe(page)
		})
	}
	if err := h.Sim.SetChaos("", chaos); err != nil {
		return err
	}
	return h.said(w, r, "/dev/stripe", "Webhooks are sent like that from now on.")
}

// Release sends what is held back: one event, or all of them in the asked order.
func (h *DevStripe) Release(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	f, err := Decode[struct {
		Event string `form:"event"`
		Order string `form:"order"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	switch {
	case f.Event != "":
		h.Sim.Release(f.Event)
		return h.said(w, r, "/dev/stripe", "The event is on its way.")
	case f.Order == "newest":
		h.Sim.ReleaseBackwards()
	default:
		h.Sim.Release()
	}
	return h.said(w, r, "/dev/stripe", "What was held is on its way.")
}

// couponForm is a coupon to try.
type couponForm struct {
	Code     string `form:"code"`
	Name     string `form:"name"`
	Percent  string `form:"percent_off"`
	Amount   string `form:"amount_off"`
	Currency string `form:"currency"`
	Duration string `form:"duration"`
	Months   string `form:"duration_in_months"`
	Most     string `form:"max_redemptions"`
}

// MakeCoupon makes a coupon, with a promotion code when one was typed.
func (h *DevStripe) MakeCoupon(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	f, err := Decode[couponForm](h.Base, r)
	if err != nil {
		return err
	}
	err = h.Sim.MakeCoupon(stripesim.CouponForm{
		Name: f.Name, Percent: f.Percent, Amount: f.Amount, Currency: f.Currency, Duration: f.Duration, Months: f.Months,
		Most: f.Most, Code: strings.TrimSpace(f.Code),
	})
	if err == nil {
		return h.said(w, r, "/dev/stripe", "The coupon is there.")
	}
	return h.Again(w, r, refusedBy(err), func(f ui.Form) templ.Component {
		page := h.page()
		page.Coupon = f.Ordered("code", "name", "percent_off", "amount_off", "currency", "duration", "duration_in_months", "max_redemptions")
		return views.DevStripe(page)
	})
}

// refusedBy is what the local Stripe says against an act, beside the field that it is about.
func refusedBy(err error) error {
	param, text := stripesim.Wrong(err)
	if param == "" || param == "id" {
		return fault.New(fault.Invalid, text)
	}
	wrong := fault.Fields{}
	wrong.Add(param, text)
	return wrong.Err()
}
