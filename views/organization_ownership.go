package views

import (
	"github.com/google/uuid"

	"plinth/internal/tenants"
)

// offersTo are the offers that wait for a person.
func offersTo(offers []tenants.Offer, person uuid.UUID) []tenants.Offer {
	var out []tenants.Offer
	for _, o := range offers {
		if o.ToUser == person {
			out = append(out, o)
		}
	}
	return out
}
