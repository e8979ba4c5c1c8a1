package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"plinth/internal/fault"
	"plinth/internal/session"
	"plinth/internal/users"
)

// OIDCAnswer is what a browser brings back from a provider.
type OIDCAnswer struct {
	Provider string // whose address it came to
	Code     string
	State    string
	Error    string // the provider's refusal
	Issuer   string // who answered (RFC 9207); not every provider says
}

// claims is what a provider says of a person.
type claims struct {
	Subject       string `json:"sub"`
	Email         string `json:"email"`
	EmailVerified truth  `json:"email_verified"`
	Name          string `json:"name"`
	GivenName     string `json:"given_name"`
	FamilyName    string `json:"family_name"`
	Authorized    string `json:"azp"`
	AuthTime      int64  `json:"auth_time"` // when the person proved who they are; 0 when it is not said
	// DomainOwned is Microsoft's xms_edov: the directory has proven that the address's domain is its own. Without it any
	// administrator writes any address.
	DomainOwned truth `json:"xms_edov"`
}

// truth reads a yes that some providers write as text. Anything else is a no.
type truth bool

// UnmarshalJSON never fails.
func (t *truth) UnmarshalJSON(data []byte) error {
	switch strings.ToLower(strings.Trim(string(data), `"`)) {
	case "true", "1":
		*t = true
	default:
		*t = false
	}
	return nil
}

// arrive checks a provider's answer against what this browser began, and asks the provider who it is.
func (a *Auth) arrive(ctx context.Context, h session.Handshake, answer OIDCAnswer, d Device) (session.Arrival, error) {
	p := a.Providers.find(answer.Provider)
	if p == nil {
		return session.Arrival{}, fault.Missing()
	}
	if err := a.answers(p, h, answer); err != nil {
		return session.Arrival{}, err
	}
	if err := a.Limits.Take(ctx, providerLimits(d)...); err != nil {
		return session.Arrival{}, err
	}
	known, err := p.discover(ctx, a.Providers, a.now())
	if err != nil {
		return session.Arrival{}, errAway(p, err)
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, a.Providers.http), askFor)
	defer cancel()
	token, err := known.oauth.Exchange(ctx, answer.Code, oauth2.VerifierOption(h.Verifier))
	if err != nil {
		return session.Arrival{}, p.disbelieve("exchange the code", plainly(err))
	}
	var who claims
	if p.Kind == KindGitHub {
		if who, err = p.gitHubPerson(ctx, a.Providers.http, token); err != nil {
			return session.Arrival{}, p.disbelieve("ask who it is", err)
		}
	} else if who, err = p.openIDPerson(ctx, known, token, h, a.now); err != nil {
		return session.Arrival{}, p.disbelieve("check who it is", err)
	}
	return a.arrival(p, who, h), nil
}

// answers says whether an answer is the one this browser waits for.
func (a *Auth) answers(p *provider, h session.Handshake, answer OIDCAnswer) error {
	switch {
	case h.State == "" || h.Provider != answer.Provider || subtle.ConstantTimeCompare([]byte(h.State), []byte(answer.State)) != 1:
		return errHandshake("no sign-in of this browser waits for this answer")
	case a.now().Sub(h.At) > HandshakeFor:
		return errHandshake("the sign-in was begun too long ago")
	case answer.Issuer != "" && p.Kind != KindGitHub && answer.Issuer != p.Issuer:
		return errHandshake("another issuer answers")
	case answer.Error == "access_denied":
		return fault.New(fault.Invalid, fmt.Sprintf("%s was told not to sign you in. Nothing was changed.", p.Label))
	case answer.Error != "" || answer.Code == "":
		return p.disbelieve("take the answer", errors.New("it is a refusal"))
	}
	return nil
}

func errHandshake(why string) error {
	return fault.Wrap(fault.Invalid, "This sign-in was not begun in this browser, or it took too long. Nothing was changed. Please start again.", errors.New(why))
}

// disbelieve answers what a provider got wrong; what was not even an answer is Unavailable.
func (p *provider) disbelieve(doing string, err error) error {
	err = fmt.Errorf("%s: %s: %w", p.Name, doing, err)
	var transport *url.Error
	if errors.As(err, &transport) || errors.Is(err, context.DeadlineExceeded) {
		return errAway(p, err)
	}
	return fault.Wrap(fault.Invalid, "The answer of "+p.Label+" does not say for certain who you are. Nothing was changed. Please start again.", err)
}

// clockSkew is how far a provider's clock may be behind ours.
const clockSkew = time.Minute

// openIDPerson checks the ID token (OpenID Connect Core 1.0, 3.1.3.7) and reads who it is about. Not every provider puts
// the address into it; then the userinfo endpoint is asked.
func (p *provider) openIDPerson(ctx context.Context, known *discovered, token *oauth2.Token, h session.Handshake, now func() time.Time) (claims, error) {
	var who claims
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return who, errors.New("there is no ID token")
	}
	id, err := known.oidc.Verifier(&oidc.Config{ClientID: p.ClientID, Now: now}).Verify(ctx, raw)
	if err != nil {
		return who, fmt.Errorf("verify the ID token: %w", briefly(err))
	}
	if err := id.Claims(&who); err != nil {
		return who, errors.New("the claims cannot be read")
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(h.Nonce)) != 1:
		return who, errors.New("the nonce is another one")
	case who.Authorized != "" && who.Authorized != p.ClientID, who.Authorized == "" && len(id.Audience) > 1:
		return who, errors.New("the token was made for another client")
	case h.Again && who.AuthTime != 0 && time.Unix(who.AuthTime, 0).Before(h.At.Add(-clockSkew)):
		return who, errors.New("the person was not asked for a new proof")
	case who.Subject == "" || len(who.Subject) > 255:
		return who, errors.New("the token names nobody")
	case id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil:
		return who, errors.New("the access token belongs to another ID token")
	}
	if who.Email != "" || known.oidc.UserInfoEndpoint() == "" {
		return who, nil
	}
	info, err := known.oidc.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return who, fmt.Errorf("ask for the address: %w", plainly(err))
	}
	more := claims{}
	if info.Subject != who.Subject || info.Claims(&more) != nil {
		return who, errors.New("the userinfo is of somebody else")
	}
	return more, nil
}

// arrival is the person as the rest of the program knows them.
func (a *Auth) arrival(p *provider, who claims, h session.Handshake) session.Arrival {
	email := users.NormalEmail(who.Email)
	if CheckEmail(email) != "" {
		email = ""
	}
	verified := bool(who.EmailVerified)
	if p.Kind == KindMicrosoft {
		verified = bool(who.DomainOwned)
	}
	return session.Arrival{
		Provider: p.Name, Issuer: p.Issuer, Subject: who.Subject, Email: email, Verified: verified && email != "",
		Name: personName(who, email), At: a.now(), Next: h.Next, User: h.User,
	}
}

// personName is the name a provider says, as far as ours can be like that; the person may change it.
func personName(who claims, email string) string {
	name := who.Name
	if name == "" {
		name = who.GivenName + " " + who.FamilyName
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	name = strings.ToValidUTF8(strings.Join(words, " "), "")
	if runes := []rune(name); len(runes) > 80 {
		name = strings.TrimSpace(string(runes[:80]))
	}
	if CheckName(name) != "" {
		return mailbox(email)
	}
	return name
}
