package config

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

var key = base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))

func good(change ...string) []string {
	vars := map[string]string{
		"APP_ENV": "production", "APP_URL": "https://app.example.com", "SECRET_KEYS": key, "DATABASE_URL": "postgres://plinth_app:hunter2@db/plinth",
		"SMTP_URL": "smtp://u:hunter2@mail:587", "STRIPE_SECRET_KEY": "sk_live_hunter2", "STRIPE_WEBHOOK_SECRETS": "whsec_hunter2hunter2",
	}
	for _, c := range change {
		name, value, _ := strings.Cut(c, "=")
		vars[name] = value
	}
	var out []string
	for name, value := range vars {
		out = append(out, name+"="+value)
	}
	return out
}

func TestLoad(t *testing.T) {
	t.Parallel()
	c, err := Load(good("TRUSTED_PROXIES=10.0.0.0/8,192.168.0.0/16", "APP_URL=https://app.example.com/"))
	if err != nil {
		t.Fatal(err)
	}
	if c.URL != "https://app.example.com" || c.Addr != "127.0.0.1:8080" || len(c.TrustedProxies) != 2 || !c.Livemode() || c.Dev() {
		t.Errorf("loaded %+v", c)
	}
}

func TestEachFaultIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ change, want string }{
		{"APP_ENV=prod", "APP_ENV"},
		{"APP_URL=http://app.example.com", "production is served over https"},
		{"APP_URL=app.example.com", "APP_URL"},
		{"APP_URL=https://app.example.com/below", "APP_URL"},
		{"SECRET_KEYS=", "SECRET_KEYS is missing"},
		{"SECRET_KEYS=short", "SECRET_KEYS: number 1"},
		{"SECRET_KEYS=" + base64.StdEncoding.EncodeToString([]byte("few bytes")), "9 bytes"},
		{"SECRET_KEYS=" + key + ",!!", "number 2 is not base64"},
		{"DATABASE_URL=", "DATABASE_URL is missing"},
		{"SMTP_URL=", "SMTP_URL is missing"},
		{"MAIL_FOLDER=/tmp/mail", "MAIL_FOLDER is for development"},
		{"STRIPE_SECRET_KEY=", "STRIPE_SECRET_KEY is missing"},
		{"STRIPE_SECRET_KEY=pk_live_x", "sk_live_ or sk_test_"},
		{"STRIPE_SECRET_KEY=rk_live_hunter2", "sk_live_ or sk_test_"},
		{"APP_ENV=staging", "STRIPE_SECRET_KEY is a live key"},
		{"APP_ENV=development", "with APP_ENV=development use a test key"},
		{"APP_ENV=test", "STRIPE_SECRET_KEY is a live key"},
		{"MAIL_FROM=Plinth", `MAIL_FROM is "Plinth"`},
		{"MAIL_FROM=Plinth plinth@example.com", "MAIL_FROM"},
		{"MAIL_FROM=a@example.com, b@example.com", "MAIL_FROM"},
		{"MAIL_FROM=Plinth\r\n Bcc <plinth@example.com>", "MAIL_FROM"},
		{"STRIPE_WEBHOOK_SECRETS=", "STRIPE_WEBHOOK_SECRETS"},
		{"STRIPE_WEBHOOK_SECRETS=whsec_hunter2hunter2,", "number 2"},
		{"STRIPE_WEBHOOK_SECRETS=whsec_", "number 1"},
		{"STRIPE_API_URL=http://127.0.0.1:8081", "production talks to Stripe itself"},
		{"TRUSTED_PROXIES=10.0.0.1", "TRUSTED_PROXIES"},
		{"ADMIN_URL=admin.example.com", "ADMIN_URL"},
		{"ADMIN_URL=https://app.example.com", "the host of APP_URL"},
		{"ADMIN_URL=http://admin.example.com", "over https, or neither"},
		{"DATABASE_EXEC_MODE=fast", "DATABASE_EXEC_MODE"},
		{"DATABASE_MAX_CONNS=many", "MaxConns"},
		{"LOG_LEVEL=loud", "LOG_LEVEL"},
		{"JOBS_RESCUE_AFTER=1s", "JOBS_RESCUE_AFTER"},
		{"BLOB_URL=/var/lib/plinth/files", "BLOB_URL names no place"},
		{"BLOB_URL=file://", "BLOB_URL names no place"},
		{"BLOB_URL=ftp://hunter2@files", "BLOB_URL names no place"},
		{"BLOB_URL=s3://?region=x", "BLOB_URL names no place"},
		{"BLOB_URL=s3://key:hunter2@files?region=x&endpoint=s3.example", "BLOB_URL has an endpoint that is no address"},
		{"BLOB_URL=s3://files?region=x&endpoint=https://key:hunter2@s3.example", "BLOB_URL has an endpoint that is no address"},
		{"BLOB_URL=s3://files?region=x&endpoint=http://s3.example", "not asked over https"},
	} {
		t.Run(c.change, func(t *testing.T) {
			t.Parallel()
			_, err := Load(good(c.change))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the fault is %v, want one that says %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the fault tells a secret: %v", err)
			}
		})
	}
}

func TestLiveKeysAreForProduction(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]bool{
		"sk_live_1": true, "rk_live_1": true, "sk_test_1": false, "rk_test_1": false, "pk_live_1": false, "": false, "a sk_live_1": false,
	} {
		if got := LiveKey(key); got != want {
			t.Errorf("%q is a live key: %t, want %t", key, got, want)
		}
	}
	for _, env := range []string{Development, Test, Staging} {
		_, err := Load(good("APP_ENV="+env, "STRIPE_SECRET_KEY=rk_live_hunter2"))
		if err == nil || !strings.Contains(err.Error(), "is a live key") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a restricted live key with APP_ENV=%s: %v", env, err)
		}
		if _, err := Load(good("APP_ENV="+env, "STRIPE_SECRET_KEY=sk_test_hunter2")); err != nil {
			t.Errorf("a test key with APP_ENV=%s: %v", env, err)
		}
	}
}

func TestLocalStripe(t *testing.T) {
	t.Parallel()
	for api, want := range map[string]bool{
		"": false, "https://api.stripe.com": false, "https://files.stripe.com:443/v1": false, "https://stripe.com": false,
		"http://127.0.0.1:8081": true, "http://stripe.example:8081": true, "https://notstripe.com": true,
	} {
		if got := (&Config{Stripe: Stripe{APIURL: api}}).LocalStripe(); got != want {
			t.Errorf("%q is a local Stripe: %t, want %t", api, got, want)
		}
	}
}

func TestSenderWithName(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"plinth@example.com", "Plinth <plinth@example.com>", `"Plinth, the app" <plinth@example.com>`, "Žofie <z@example.com>"} {
		if _, err := Load(good("MAIL_FROM=" + from)); err != nil {
			t.Errorf("%s: %v", from, err)
		}
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Load([]string{"APP_ENV=nowhere", "LOG_LEVEL=loud", "MAIL_FROM=nobody"})
	for _, want := range []string{"APP_ENV", "LOG_LEVEL", "SECRET_KEYS", "DATABASE_URL", "SMTP_URL", "MAIL_FROM", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named in %v", want, err)
		}
	}
}

func TestWhereFilesAreIsTold(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"file:///var/lib/plinth/files":                                                "file:///var/lib/plinth/files",
		"file:///srv/100%_of us/files":                                                "file:///srv/100%_of us/files",
		"s3://files?region=eu-central-1":                                              "s3://files?region=eu-central-1",
		"s3://AKIA:hunter2@files?region=eu-central-1":                                 "s3://AKIA:[redacted]@files?region=eu-central-1",
		"s3://AKIA:hunter2@files?region=x&endpoint=https://s3.example&secret=hunter2": "s3://AKIA:[redacted]@files?region=x&endpoint=https://s3.example",
	} {
		c, err := Load(good("BLOB_URL=" + url))
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := c.Print(&out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want+"\n") || strings.Contains(out.String(), "hunter2") {
			t.Errorf("%s is told as %s", url, out.String())
		}
	}
}

func TestSecretsDoNotPrintThemselves(t *testing.T) {
	t.Parallel()
	c, err := Load(good())
	if err != nil {
		t.Fatal(err)
	}
	var printed, logged bytes.Buffer
	if err := c.Print(&printed); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("configuration", "config", c, "key", c.SecretKey)
	marshalled, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for how, text := range map[string]string{
		"Print": printed.String(), "%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v", c), "Sprint": fmt.Sprint(c.SecretKey),
		"slog": logged.String(), "JSON": string(marshalled),
	} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, key) {
			t.Errorf("%s tells a secret: %s", how, text)
		}
	}
	if !strings.Contains(printed.String(), "postgres://plinth_app:[redacted]@db/plinth") {
		t.Errorf("Print does not show which role a pool is:\n%s", printed.String())
	}
}
