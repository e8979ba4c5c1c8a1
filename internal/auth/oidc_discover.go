package auth

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// discover returns what the provider says of itself (OpenID Connect Discovery 1.0), asking it at most once at a time.
func (p *provider) discover(ctx context.Context, all *Providers, now time.Time) (*discovered, error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if p.known != nil && now.Before(p.until) {
		return p.known, nil
	}
	if now.Before(p.again) {
		return p.known, p.away
	}
	known, err := p.ask(ctx, all)
	if err == nil {
		p.known, p.until, p.away = known, now.Add(knownFor), nil
		return known, nil
	}
	p.again = now.Add(awayFor)
	if p.known == nil {
		p.away = err // what was known before is better than nothing
	}
	return p.known, p.away
}

func (p *provider) ask(ctx context.Context, all *Providers) (*discovered, error) {
	known := &discovered{oauth: oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, RedirectURL: all.url + "/signin/oidc/" + p.Name + "/callback",
	}}
	if p.Kind == KindGitHub {
		known.oauth.Endpoint, known.oauth.Scopes = gitHubEndpoint(p.Issuer), []string{"read:user", "user:email"}
		return known, nil
	}
	// Whoever pressed the button may go away; those who wait behind them do not.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askFor)
	defer cancel()
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, all.http), p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("ask %s about itself: %w", p.Name, plainly(err))
	}
	known.oidc = found
	known.oauth.Endpoint, known.oauth.Scopes = found.Endpoint(), []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail}
	known.oauth.Endpoint.AuthStyle, err = p.checked(found)
	return known, err
}

// checked refuses endpoints that are less safe than the issuer, and says how the provider wants to see the secret.
func (p *provider) checked(found *oidc.Provider) (oauth2.AuthStyle, error) {
	var said struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"`
		Keys    string   `json:"jwks_uri"`
	}
	if err := found.Claims(&said); err != nil {
		return 0, fmt.Errorf("read what %s says about itself: %w", p.Name, err)
	}
	for _, endpoint := range []string{found.Endpoint().AuthURL, found.Endpoint().TokenURL, said.Keys} {
		u, err := url.Parse(endpoint)
		if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || strings.HasPrefix(p.Issuer, "https://")) {
			return 0, fmt.Errorf("%s names an endpoint that is no address, or less safe than its issuer", p.Name)
		}
	}
	if len(said.Methods) > 0 && !slices.Contains(said.Methods, "client_secret_basic") {
		return oauth2.AuthStyleInParams, nil
	}
	return oauth2.AuthStyleInHeader, nil
}

// plainly is an error without what the provider wrote: its answers may hold tokens, and errors end in the log.
func plainly(err error) error {
	var refused *oauth2.RetrieveError
	var mismatch *oidc.IssuerMismatchError
	var transport *url.Error
	switch {
	case errors.As(err, &refused):
		return fmt.Errorf("its token endpoint answered %d", refused.Response.StatusCode)
	case errors.As(err, &mismatch), errors.As(err, &transport), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	first, _, _ := strings.Cut(err.Error(), ":")
	return errors.New(clip(first, 60))
}

// briefly is an error of the library about keys and tokens, none of which it quotes, without what a key server wrote at
// length.
func briefly(err error) error {
	var transport *url.Error
	if errors.As(err, &transport) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return errors.New(clip(err.Error(), 200))
}
