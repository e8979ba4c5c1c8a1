package admin

import (
	"context"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
	"plinth/jobs"
)

// FoundAtMost is how many users, and how many organizations, a search shows.
const FoundAtMost = 20

// requestID is how ids of requests look.
var requestID = regexp.MustCompile(`^[A-Z2-7]{16}$`)

// Found is what the search box leads to. The ids are set when the text named one thing exactly; the lists hold what
// contains it.
type Found struct {
	Users         []FoundUser
	Organizations []FoundOrganization
	Organization  uuid.UUID // of a Stripe customer or subscription
	Webhook       string
	Request       string
}

// FoundUser is an account whose name or address contains the text.
type FoundUser struct {
	ID    uuid.UUID
	Name  string
	Email string

	Picture string
}

// FoundOrganization is an organization whose name or address contains the text.
type FoundOrganization struct {
	ID   uuid.UUID
	Name string
	Slug string
}

// Find looks for users and organizations by id, address or a part of the name, and for Stripe's ids: cus_ and sub_ lead
// to their organization, evt_ to the event.
func (a *Admin) Find(ctx context.Context, text string) (Found, error) {
	var f Found
	text = strings.TrimSpace(text)
	if text == "" {
		return f, nil
	}
	var known bool
	var caused []Job
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		switch {
		case strings.HasPrefix(text, "cus_"):
			db.Value(r, &f.Organization, admindb.TenantOfCustomer, text)
		case strings.HasPrefix(text, "sub_"):
			db.Value(r, &f.Organization, admindb.TenantOfSubscription, text)
		case strings.HasPrefix(text, "evt_"):
			db.Value(r, &f.Webhook, admindb.HasWebhook, text)
		default:
			if id := strings.ToUpper(text); requestID.MatchString(id) {
				db.Value(r, &known, admindb.HasRequest, id)
				jobs.ReadOfRequest(r, id, 1, &caused)
			}
			db.Rows(r, &f.Users, admindb.FindUsers, text, like(text), FoundAtMost)
			db.Rows(r, &f.Organizations, admindb.FindOrganizations, text, like(text), FoundAtMost)
		}
	})
	if known || len(caused) > 0 {
		return Found{Request: strings.ToUpper(text)}, err
	}
	f.narrow(text)
	return f, err
}

// narrow leaves only what the text names exactly, if it names something so.
func (f *Found) narrow(text string) {
	for _, u := range f.Users {
		if strings.EqualFold(u.Email, text) || u.ID.String() == text {
			*f = Found{Users: []FoundUser{u}}
			return
		}
	}
	for _, o := range f.Organizations {
		if o.Slug == strings.ToLower(text) || o.ID.String() == text {
			*f = Found{Organizations: []FoundOrganization{o}}
			return
		}
	}
}
