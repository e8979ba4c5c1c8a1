package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/oauth2"
)

func gitHubEndpoint(pages string) oauth2.Endpoint {
	pages = strings.TrimSuffix(pages, "/")
	return oauth2.Endpoint{
		AuthURL: pages + "/login/oauth/authorize", TokenURL: pages + "/login/oauth/access_token", AuthStyle: oauth2.AuthStyleInParams,
	}
}

// gitHubAPI is where the API is: beside github.com, below the pages of an Enterprise Server.
func gitHubAPI(pages string) string {
	if pages = strings.TrimSuffix(pages, "/"); pages == "https://github.com" {
		return "https://api.github.com"
	}
	return pages + "/api/v3"
}

// gitHubPerson asks the API who somebody is: the number of the account, which stays when the login changes, and the
// primary address. https://docs.github.com/rest/users/users and /rest/users/emails
func (p *provider) gitHubPerson(ctx context.Context, client *http.Client, token *oauth2.Token) (claims, error) {
	var user struct {
		ID    int64  `json:"id"`
		Login string `json:"login"`
		Name  string `json:"name"`
	}
	var emails []struct {
		Email    string `json:"email"`
		Primary  bool   `json:"primary"`
		Verified bool   `json:"verified"`
	}
	if err := p.gitHubGet(ctx, client, token, "/user", &user); err != nil {
		return claims{}, err
	}
	if user.ID <= 0 {
		return claims{}, errors.New("the API names no account")
	}
	if err := p.gitHubGet(ctx, client, token, "/user/emails", &emails); err != nil {
		return claims{}, err
	}
	who := claims{Subject: strconv.FormatInt(user.ID, 10), Name: user.Name}
	if who.Name == "" {
		who.Name = user.Login
	}
	for _, e := range emails {
		if e.Primary {
			who.Email, who.EmailVerified = e.Email, truth(e.Verified)
		}
	}
	return who, nil
}

func (p *provider) gitHubGet(ctx context.Context, client *http.Client, token *oauth2.Token, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, gitHubAPI(p.Issuer)+path, nil)
	if err != nil {
		return fmt.Errorf("ask for %s: %w", path, err)
	}
	r.Header.Set("Accept", "application/vnd.github+json")
	r.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	r.Header.Set("Authorization", "Bearer "+token.AccessToken)
	res, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("ask for %s: %w", path, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s was answered %d", path, res.StatusCode)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		return fmt.Errorf("%s cannot be read", path)
	}
	return nil
}
