package tenants

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
)

const maxDomains = 20

var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)

// publicDomain says whether anybody at all can have an address there.
func publicDomain(domain string) bool {
	return slices.Contains(strings.Fields(`
		aol.com duck.com fastmail.com free.fr gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.com hotmail.co.uk
		hotmail.fr icloud.com laposte.net libero.it live.com mac.com mail.com mail.ru mailinator.com me.com msn.com naver.com orange.fr outlook.com
		outlook.de posteo.de proton.me protonmail.com qq.com rediffmail.com t-online.de tuta.com tutanota.com web.de yahoo.co.jp yahoo.co.uk
		yahoo.com yahoo.de yahoo.fr yandex.com yandex.ru ymail.com zoho.com 126.com 163.com`), domain)
}

// domainOf is what stands behind the @ of an address.
func domainOf(email string) string { return email[strings.LastIndex(email, "@")+1:] }

// DomainsForm says which addresses an organization takes.
type DomainsForm struct {
	Domains string `form:"domains"` // between commas, blanks or line breaks; empty takes all
	Open    bool   `form:"open"`
}

func (f DomainsForm) list() ([]string, error) {
	var out []string
	for _, word := range strings.FieldsFunc(strings.ToLower(f.Domains), func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) }) {
		word = strings.TrimSuffix(strings.TrimPrefix(word, "@"), ".")
		switch {
		case len(word) > 253 || !domainForm.MatchString(word):
			return nil, fault.Field("domains", word+" is no domain. Write them as example.com.")
		case !slices.Contains(out, word):
			out = append(out, word)
		}
	}
	if len(out) > maxDomains {
		return nil, fault.Field("domains", fmt.Sprintf("List at most %d domains.", maxDomains))
	}
	if f.Open && len(out) == 0 {
		return nil, fault.Field("domains", "Name the domains whose people may join.")
	}
	slices.Sort(out)
	return out, nil
}

// SetDomains says at which domains the addresses of people who come in must be, and whether everybody there may come in
// by themselves. Who is in stays in.
func (t *Tenants) SetDomains(ctx context.Context, s scope.Scope, f DomainsForm) error {
	domains, err := f.list()
	if err != nil {
		return err
	}
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := tenantsdb.New()
		if _, err := q.LockTenant(ctx, tx, s.TenantID); err != nil {
			return fmt.Errorf("lock organization: %w", err)
		}
		if f.Open {
			if err := mayOpenTx(ctx, tx, s.TenantID, domains); err != nil {
				return err
			}
		}
		before, err := policyTx(ctx, tx, s.TenantID)
		if err != nil || slices.Equal(before.EmailDomains, domains) && before.OpenToDomains == f.Open {
			return err
		}
		if domains == nil {
			domains = []string{}
		}
		if err := q.SetDomains(ctx, tx, tenantsdb.SetDomainsParams{TenantID: s.TenantID, EmailDomains: domains, OpenToDomains: f.Open}); err != nil {
			return fmt.Errorf("set domains: %w", err)
		}
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: "organization.domains_changed", ObjectKind: "organization", ObjectID: s.TenantID, ObjectName: s.Name,
			Changes: map[string][2]string{
				"domains": {strings.Join(before.EmailDomains, ", "), strings.Join(domains, ", ")},
				"open":    {fmt.Sprint(before.OpenToDomains), fmt.Sprint(f.Open)},
			},
		})
	})
}

// mayOpenTx refuses domains where everybody has an address, and those where no owner has one: nobody opens an
// organization to a domain that is not theirs.
func mayOpenTx(ctx context.Context, tx db.Tx, tenantID uuid.UUID, domains []string) error {
	owners, err := tenantsdb.New().OwnerEmails(ctx, tx, tenantID)
	if err != nil {
		return fmt.Errorf("read the owners' addresses: %w", err)
	}
	for _, d := range domains {
		switch {
		case publicDomain(d):
			return fault.Field("open", "Anybody can have an address at "+d+". Invite people from there by name.")
		case !slices.ContainsFunc(owners, func(email string) bool { return domainOf(email) == d }):
			return fault.Field("open", "No owner of this organization has an address at "+d+". Take it out, or leave this off.")
		}
	}
	return nil
}

// openToTx refuses whoever may not come in by the domain of their address, or no longer.
func openToTx(ctx context.Context, tx db.Tx, tenantID uuid.UUID, email string) error {
	policy, err := policyTx(ctx, tx, tenantID)
	if err != nil {
		return err
	}
	domain := domainOf(email)
	if !policy.OpenToDomains || !slices.Contains(policy.EmailDomains, domain) {
		return fault.Missing()
	}
	if fault.Is(mayOpenTx(ctx, tx, tenantID, []string{domain}), fault.Invalid) {
		return fault.Missing() // the owner with an address there has gone
	}
	return nil
}

// takesTx refuses an address at a domain that the organization does not take.
func takesTx(ctx context.Context, tx db.Tx, tenantID uuid.UUID, email string) error {
	policy, err := policyTx(ctx, tx, tenantID)
	if err != nil || len(policy.EmailDomains) == 0 || slices.Contains(policy.EmailDomains, domainOf(email)) {
		return err
	}
	return fault.New(fault.Denied, "This organization takes addresses at "+strings.Join(policy.EmailDomains, ", ")+" only.")
}

// policyTx reads what an organization asks for; nothing where it has said nothing.
func policyTx(ctx context.Context, tx db.Tx, tenantID uuid.UUID) (tenantsdb.PolicyOfRow, error) {
	row, err := tenantsdb.New().PolicyOf(ctx, tx, tenantID)
	if err != nil && !db.None(err) {
		return row, fmt.Errorf("read policy: %w", err)
	}
	return row, nil
}

// Open is an organization that a person may join by the domain of their address.
type Open struct {
	ID   uuid.UUID
	Name string
}

// OpenTo lists the organizations that are open to a person.
func (t *Tenants) OpenTo(ctx context.Context, p scope.Person) ([]Open, error) {
	var out []Open
	err := t.DB.ReadPerson(ctx, p.ID, func(r *db.Reads) { db.Rows(r, &out, tenantsdb.OpenTo, domainOf(p.Email), p.ID) })
	if err != nil {
		return nil, fmt.Errorf("read open organizations: %w", err)
	}
	return out, nil
}
