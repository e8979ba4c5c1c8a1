package auth

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/uuid"
	"golang.org/x/oauth2"

	"plinth/internal/fault"
	"plinth/internal/session"
)

// ByOIDC begins the name of a proof by an identity provider: "oidc:google".
const ByOIDC = "oidc:"

// How long the steps of a sign-in at a provider may take.
const (
	HandshakeFor = 10 * time.Minute // the person, at the provider
	ArrivalFor   = 10 * time.Minute // the person, back here, with an account to make or to link
	askFor       = 8 * time.Second  // the provider, with all our questions about one person
)

// How long what a provider says of itself is believed, and how long one that is away is left alone.
const (
	knownFor = 24 * time.Hour
	awayFor  = 10 * time.Second
)

// The kinds of provider.
const (
	KindOpenID    = "openid"
	KindGitHub    = "github"    // OAuth 2 with an API of its own
	KindMicrosoft = "microsoft" // OpenID Connect whose addresses are proven by a claim of its own
)

// Provider is an identity provider as it is configured.
type Provider struct {
	Name         string
	Label        string // what people call it
	Kind         string
	Issuer       string // of GitHub the address of its pages
	ClientID     string
	ClientSecret string
}

// Providers are the identity providers people may sign in with. A provider is asked when it is first needed, so that one
// that is away keeps nobody from starting.
type Providers struct {
	list []*provider
	http *http.Client
	url  string
}

// provider is one of them with what it says of itself. Whoever holds turn may read and write the fields below it.
type provider struct {
	Provider
	turn  chan struct{}
	known *discovered
	until time.Time // known is good
	away  error
	again time.Time // away may be asked again
}

type discovered struct {
	oauth oauth2.Config
	oidc  *oidc.Provider // nil of GitHub
}

// NewProviders makes the providers; appURL is APP_URL, to which they send people back.
func NewProviders(list []Provider, appURL string) *Providers {
	p := &Providers{url: appURL, http: outward()}
	for _, one := range list {
		p.list = append(p.list, &provider{Provider: one, turn: make(chan struct{}, 1)})
	}
	return p
}

// Offer is a provider as pages show it.
type Offer struct{ Name, Label string }

// Offers is the providers, in the order of their configuration.
func (p *Providers) Offers() []Offer {
	if p == nil {
		return nil
	}
	var out []Offer
	for _, one := range p.list {
		out = append(out, Offer{one.Name, one.Label})
	}
	return out
}

func (p *Providers) find(name string) *provider {
	if p == nil {
		return nil
	}
	i := slices.IndexFunc(p.list, func(one *provider) bool { return one.Name == name })
	if i < 0 {
		return nil
	}
	return p.list[i]
}

// works says whether identities of an issuer still sign in.
func (p *Providers) works(name, issuer string) bool {
	one := p.find(name)
	return one != nil && one.Issuer == issuer
}

// Label is what people call a provider; its name when it is no longer configured.
func (p *Providers) Label(name string) string {
	if one := p.find(name); one != nil {
		return one.Label
	}
	return name
}

// shown is what a session was proven with, providers by what people call them.
func (p *Providers) shown(methods []string) []string {
	out := slices.Clone(methods)
	for i, m := range out {
		if name, ok := strings.CutPrefix(m, ByOIDC); ok {
			out[i] = p.Label(name)
		}
	}
	return out
}

// Departure is somebody on their way to a provider.
type Departure struct {
	Provider string
	Next     string    // where to go once signed in
	User     uuid.UUID // who is signed in and links the identity; nil of a sign-in
	// Again has the provider ask for a proof, although it may know who it is: the person is signed in and is to prove it
	// anew. GitHub knows no such wish.
	Again bool
}

// BeginOIDC begins a sign-in at a provider: what the browser keeps, and the address it goes to. NotFound for a provider
// that is not configured, Unavailable when it is away.
func (a *Auth) BeginOIDC(ctx context.Context, to Departure, d Device) (session.Handshake, string, error) {
	p := a.Providers.find(to.Provider)
	if p == nil {
		return session.Handshake{}, "", fault.Missing()
	}
	if err := a.Limits.Take(ctx, providerLimits(d)...); err != nil {
		return session.Handshake{}, "", err
	}
	known, err := p.discover(ctx, a.Providers, a.now())
	if err != nil {
		return session.Handshake{}, "", errAway(p, err)
	}
	if len(to.Next) > maxCarriedNext {
		to.Next = ""
	}
	h := session.Handshake{
		Provider: to.Provider, State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), At: a.now(), Next: to.Next, User: to.User, Again: to.Again,
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(h.Verifier)}
	if known.oidc != nil {
		options = append(options, oidc.Nonce(h.Nonce))
		if to.Again {
			options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
		}
	}
	return h, known.oauth.AuthCodeURL(h.State, options...), nil
}

// maxCarriedNext keeps the sealed cookies below the 4 KiB that browsers take.
const maxCarriedNext = 600

func errAway(p *provider, cause error) error {
	return fault.Wrap(fault.Unavailable, p.Label+" does not answer at the moment. Try again in a while, or go on another way.", cause)
}
