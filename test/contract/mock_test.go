// Package contract_test sends every kind of request that Plinth makes to Stripe also to stripe-mock, which checks it
// against Stripe's published description of the API: a parameter that the real one does not know fails here.
package contract_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// mock is a running stripe-mock.
type mock struct{ client *http.Client }

// startMock builds stripe-mock, at the version that tools/go.mod pins, and runs it on a socket until the test ends.
func startMock(t *testing.T) *mock {
	t.Helper()
	// Not t.TempDir: the path of a socket has at most 104 letters.
	dir, err := os.MkdirTemp("", "mock")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	binary, socket := filepath.Join(dir, "stripe-mock"), filepath.Join(dir, "s")
	build := exec.CommandContext(t.Context(), "go", "build", "-modfile=tools/go.mod", "-o", binary, "github.com/stripe/stripe-mock")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building stripe-mock: %v\n%s", err, out)
	}
	run := exec.Command(binary, "-http-unix", socket)
	said, err := run.StdoutPipe()
	if err == nil {
		err = run.Start()
	}
	if err != nil {
		t.Fatalf("starting stripe-mock: %v", err)
	}
	t.Cleanup(func() {
		if err := run.Process.Kill(); err != nil {
			t.Errorf("ending stripe-mock: %v", err)
		}
		_ = run.Wait() // it was killed, and says so
	})
	for lines := bufio.NewScanner(said); ; {
		if !lines.Scan() {
			t.Fatal("stripe-mock ended before it listened")
		}
		if strings.HasPrefix(lines.Text(), "Listening") {
			break
		}
	}
	return &mock{client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}}
}

// refuses sends a request and returns why it is refused, or "".
func (m *mock) refuses(t *testing.T, r request) string {
	t.Helper()
	address, body := "http://stripe"+r.path, r.form.Encode()
	if r.method != http.MethodPost {
		address, body = address+"?"+body, ""
	}
	sent, err := http.NewRequestWithContext(t.Context(), r.method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	sent.SetBasicAuth("sk_test_contract", "")
	if r.method == http.MethodPost {
		sent.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := m.client.Do(sent)
	if err != nil {
		t.Fatalf("%s: %v", r, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%s: %v", r, err)
	}
	if answer.StatusCode < 300 {
		return ""
	}
	return string(text)
}

// request is one that the app has made.
type request struct {
	method, path string
	form         url.Values
}

func (r request) String() string { return r.method + " " + shape(r.path) }

// shape is a path with its ids left out: words of the API have neither digits nor capitals.
func shape(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if i > 2 && (part != strings.ToLower(part) || strings.ContainsAny(part, "0123456789") || strings.HasPrefix(part, "plinth_")) {
			parts[i] = "{id}"
		}
	}
	return strings.Join(parts, "/")
}

// parameters are the names of what is sent, without indexes: items[][price].
func (r request) parameters() []string {
	var names []string
	for key := range r.form {
		names = append(names, indexless(key))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func indexless(key string) string {
	var out strings.Builder
	for i, part := range strings.Split(key, "[") {
		if i > 0 {
			out.WriteByte('[')
			part = strings.TrimSuffix(part, "]")
			if strings.Trim(part, "0123456789") != "" {
				out.WriteString(part)
			}
			out.WriteByte(']')
			continue
		}
		out.WriteString(part)
	}
	return out.String()
}

// without is the request with a parameter, and all below it, left out.
func (r request) without(name string) request {
	less := request{method: r.method, path: r.path, form: url.Values{}}
	for key, values := range r.form {
		if at := indexless(key); at != name && !strings.HasPrefix(at, name+"[") {
			less.form[key] = values
		}
	}
	return less
}
