package app

import (
	"plinth/internal/auth"
	"plinth/internal/config"
)

// providers hands on the identity providers of the configuration.
func providers(c *config.Config) *auth.Providers {
	var list []auth.Provider
	for _, p := range c.Providers {
		kind := auth.KindOpenID
		switch p.Name {
		case config.GitHub:
			kind = auth.KindGitHub
		case config.Microsoft:
			kind = auth.KindMicrosoft
		}
		list = append(list, auth.Provider{
			Name: p.Name, Label: p.Label, Kind: kind, Issuer: p.Issuer, ClientID: p.ClientID, ClientSecret: string(p.ClientSecret),
		})
	}
	return auth.NewProviders(list, c.URL)
}
