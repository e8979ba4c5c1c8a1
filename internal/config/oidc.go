package config

import (
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// OIDC says which identity providers people may sign in with.
type OIDC struct {
	ProviderNames []string   `env:"OIDC_PROVIDERS" envSeparator:","`
	Providers     []Provider `env:"-"` // read from OIDC_<NAME>_…
}

// Provider is an identity provider. GitHub speaks plain OAuth 2; all others OpenID Connect.
type Provider struct {
	Name         string // as in OIDC_PROVIDERS, and in the address that the provider sends people back to
	Label        string // what people call it
	Issuer       string // of GitHub the address of its pages
	ClientID     string
	ClientSecret Secret
}

// The providers that need less configuration than others.
const (
	Google    = "google"
	GitHub    = "github"
	Microsoft = "microsoft"
)

func presets() map[string]Provider {
	return map[string]Provider{
		Google:    {Label: "Google", Issuer: "https://accounts.google.com"},
		GitHub:    {Label: "GitHub", Issuer: "https://github.com"},
		Microsoft: {Label: "Microsoft"}, // its issuer names the directory
	}
}

const maxProviders = 10

var (
	providerName = regexp.MustCompile(`^[a-z][a-z0-9]{0,29}$`)
	// One directory's issuer. Under common, organizations and consumers Microsoft issues tokens in the name of any
	// directory, whose administrator can write any address into them.
	microsoftIssuer = regexp.MustCompile(`^/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/v2\.0$`)
)

// readOIDC reads the variables of each provider named.
func (c *Config) readOIDC(vars map[string]string, bad func(string, ...any)) {
	known := map[string]bool{"OIDC_PROVIDERS": true}
	if len(c.ProviderNames) > maxProviders {
		bad("OIDC_PROVIDERS names %d providers: at most %d fit below the sign-in form", len(c.ProviderNames), maxProviders)
	}
	var names []string
	for _, name := range c.ProviderNames {
		name = strings.TrimSpace(name)
		switch {
		case !providerName.MatchString(name):
			bad("OIDC_PROVIDERS has %q: say small letters and digits, as google,acme", name)
			continue
		case slices.Contains(names, name):
			bad("OIDC_PROVIDERS names %s twice", name)
			continue
		}
		names = append(names, name)
		c.Providers = append(c.Providers, c.provider(name, vars, known, bad))
	}
	for name := range vars {
		if strings.HasPrefix(name, "OIDC_") && !known[name] {
			bad("%s belongs to no provider: name it in OIDC_PROVIDERS, and say _ISSUER, _CLIENT_ID, _CLIENT_SECRET or _LABEL", name)
		}
	}
}

func (c *Config) provider(name string, vars map[string]string, known map[string]bool, bad func(string, ...any)) Provider {
	prefix := "OIDC_" + strings.ToUpper(name) + "_"
	read := func(what, preset string) string {
		known[prefix+what] = true
		if v := strings.TrimSpace(vars[prefix+what]); v != "" {
			return v
		}
		return preset
	}
	preset := presets()[name]
	if preset.Label == "" {
		preset.Label = strings.ToUpper(name[:1]) + name[1:]
	}
	p := Provider{
		Name: name, Label: read("LABEL", preset.Label), Issuer: read("ISSUER", preset.Issuer),
		ClientID: read("CLIENT_ID", ""), ClientSecret: Secret(read("CLIENT_SECRET", "")),
	}
	if p.ClientID == "" {
		bad("%sCLIENT_ID is missing: %s gives it to who registers an application", prefix, p.Label)
	}
	if p.ClientSecret == "" {
		bad("%sCLIENT_SECRET is missing: %s gives it to who registers an application", prefix, p.Label)
	}
	if len([]rune(p.Label)) > 40 || strings.ContainsAny(p.Label, "\r\n") {
		bad("%sLABEL is %q: say at most 40 characters in one line", prefix, p.Label)
	}
	c.checkIssuer(prefix, p, bad)
	return p
}

func (c *Config) checkIssuer(prefix string, p Provider, bad func(string, ...any)) {
	if p.Issuer == "" && p.Name != Microsoft {
		bad("%sISSUER is missing: https://…, where /.well-known/openid-configuration is below", prefix)
		return
	}
	u, err := url.Parse(p.Issuer)
	switch {
	case p.Name == Microsoft && (err != nil || !microsoftIssuer.MatchString(u.Path)),
		err == nil && u.Hostname() == "login.microsoftonline.com" && !microsoftIssuer.MatchString(u.Path):
		bad("%sISSUER is %q: say one directory, as https://login.microsoftonline.com/<directory id>/v2.0; under common and organizations anybody's directory could speak", prefix, p.Issuer)
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || (u.Scheme != "https" && u.Scheme != "http"):
		bad("%sISSUER is %q: say a URL, as https://id.example.com", prefix, p.Issuer)
	case u.Scheme != "https" && (c.Env == Production || !Loopback(u.Hostname())):
		bad("%sISSUER is %q: a provider is asked over https", prefix, p.Issuer)
	}
}

func (o OIDC) print(w io.Writer) error {
	for _, p := range o.Providers {
		prefix := "OIDC_" + strings.ToUpper(p.Name) + "_"
		for _, line := range [][2]string{{"LABEL", p.Label}, {"ISSUER", p.Issuer}, {"CLIENT_ID", p.ClientID}, {"CLIENT_SECRET", redacted}} {
			if _, err := fmt.Fprintf(w, "%-24s %s\n", prefix+line[0], line[1]); err != nil {
				return fmt.Errorf("print configuration: %w", err)
			}
		}
	}
	return nil
}
