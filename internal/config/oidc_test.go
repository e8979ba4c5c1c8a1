package config

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

const directory = "https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/v2.0"

func withProvider(change ...string) []string {
	return good(append([]string{
		"OIDC_PROVIDERS=google,acme", "OIDC_GOOGLE_CLIENT_ID=g", "OIDC_GOOGLE_CLIENT_SECRET=hunter2g",
		"OIDC_ACME_ISSUER=https://id.acme.example/realms/main", "OIDC_ACME_CLIENT_ID=a", "OIDC_ACME_CLIENT_SECRET=hunter2a", "OIDC_ACME_LABEL=Acme staff",
	}, change...)...)
}

func TestProviders(t *testing.T) {
	t.Parallel()
	c, err := Load(withProvider("OIDC_PROVIDERS=google, acme,github,microsoft", "OIDC_GITHUB_CLIENT_ID=h", "OIDC_GITHUB_CLIENT_SECRET=hunter2h",
		"OIDC_MICROSOFT_ISSUER="+directory, "OIDC_MICROSOFT_CLIENT_ID=m", "OIDC_MICROSOFT_CLIENT_SECRET=hunter2m"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Provider{
		{Google, "Google", "https://accounts.google.com", "g", "hunter2g"},
		{"acme", "Acme staff", "https://id.acme.example/realms/main", "a", "hunter2a"},
		{GitHub, "GitHub", "https://github.com", "h", "hunter2h"},
		{Microsoft, "Microsoft", directory, "m", "hunter2m"},
	}
	if len(c.Providers) != len(want) {
		t.Fatalf("%d providers", len(c.Providers))
	}
	for i := range want {
		if c.Providers[i] != want[i] {
			t.Errorf("provider %d is %v %v", i, c.Providers[i], c.Providers[i].ClientSecret == want[i].ClientSecret)
		}
	}
	var printed bytes.Buffer
	if err := c.Print(&printed); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{printed.String(), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c)} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("a secret is told: %s", text)
		}
	}
	for _, line := range []string{"OIDC_ACME_LABEL          Acme staff\n", "OIDC_ACME_CLIENT_SECRET  [redacted]\n", "OIDC_PROVIDERS           google,  acme, github, microsoft\n"} {
		if !strings.Contains(printed.String(), line) {
			t.Errorf("%q is not printed:\n%s", line, printed.String())
		}
	}
}

func TestNoProviders(t *testing.T) {
	t.Parallel()
	c, err := Load(good())
	if err != nil || len(c.Providers) != 0 {
		t.Errorf("%d providers, %v", len(c.Providers), err)
	}
}

func TestEachFaultOfAProviderIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ change, want string }{
		{"OIDC_PROVIDERS=google,acme,google", "OIDC_PROVIDERS names google twice"},
		{"OIDC_PROVIDERS=Google,acme", `OIDC_PROVIDERS has "Google"`},
		{"OIDC_PROVIDERS=google,acme,", `OIDC_PROVIDERS has ""`},
		{"OIDC_PROVIDERS=google,acme,../x", `OIDC_PROVIDERS has "../x"`},
		{"OIDC_PROVIDERS=a,b,c,d,e,f,g,h,i,j,k", "at most 10"},
		{"OIDC_PROVIDERS=google", "OIDC_ACME_ISSUER belongs to no provider"},
		{"OIDC_ACME_CLIENTID=x", "OIDC_ACME_CLIENTID belongs to no provider"},
		{"OIDC_GOOGLE_CLIENT_ID=", "OIDC_GOOGLE_CLIENT_ID is missing"},
		{"OIDC_GOOGLE_CLIENT_SECRET= ", "OIDC_GOOGLE_CLIENT_SECRET is missing"},
		{"OIDC_ACME_ISSUER=", "OIDC_ACME_ISSUER is missing"},
		{"OIDC_ACME_ISSUER=id.acme.example", "OIDC_ACME_ISSUER is"},
		{"OIDC_ACME_ISSUER=https://", "OIDC_ACME_ISSUER is"},
		{"OIDC_ACME_ISSUER=https://id.acme.example?x=1", "OIDC_ACME_ISSUER is"},
		{"OIDC_ACME_ISSUER=https://u:p@id.acme.example", "OIDC_ACME_ISSUER is"},
		{"OIDC_ACME_ISSUER=javascript:alert(1)", "OIDC_ACME_ISSUER is"},
		{"OIDC_ACME_ISSUER=http://id.acme.example", "asked over https"},
		{"OIDC_ACME_ISSUER=http://127.0.0.1:9000", "asked over https"}, // in production
		{"OIDC_ACME_ISSUER=https://login.microsoftonline.com/common/v2.0", "say one directory"},
		{"OIDC_ACME_LABEL=" + strings.Repeat("x", 41), "OIDC_ACME_LABEL is"},
		{"OIDC_ACME_LABEL=a\nb", "OIDC_ACME_LABEL is"},
	} {
		t.Run(c.change, func(t *testing.T) {
			t.Parallel()
			_, err := Load(withProvider(c.change))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the fault is %v, want one that says %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the fault tells a secret: %v", err)
			}
		})
	}
}

// Under these names Microsoft speaks for every directory there is.
func TestMicrosoftNeedsOneDirectory(t *testing.T) {
	t.Parallel()
	load := func(issuer string) error {
		_, err := Load(good("OIDC_PROVIDERS=microsoft", "OIDC_MICROSOFT_CLIENT_ID=m", "OIDC_MICROSOFT_CLIENT_SECRET=s", "OIDC_MICROSOFT_ISSUER="+issuer))
		return err
	}
	for _, tenant := range []string{"common", "organizations", "consumers", "acme.onmicrosoft.com", "{tenantid}"} {
		if err := load("https://login.microsoftonline.com/" + tenant + "/v2.0"); err == nil || !strings.Contains(err.Error(), "say one directory") {
			t.Errorf("%s: %v", tenant, err)
		}
	}
	if err := load(""); err == nil || !strings.Contains(err.Error(), "say one directory") {
		t.Errorf("no issuer: %v", err)
	}
	if err := load(directory); err != nil {
		t.Error(err)
	}
}

func TestALoopbackProviderIsForDevelopment(t *testing.T) {
	t.Parallel()
	_, err := Load(withProvider("APP_ENV=development", "STRIPE_SECRET_KEY=sk_test_x", "OIDC_ACME_ISSUER=http://127.0.0.1:9000"))
	if err != nil {
		t.Error(err)
	}
}
