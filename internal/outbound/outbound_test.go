package outbound_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"plinth/internal/fault"
	"plinth/internal/outbound"
)

// receiver counts what reaches it.
func receiver(t *testing.T, answer http.HandlerFunc) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s, &n
}

func ok(http.ResponseWriter, *http.Request) {}

// names is a resolver that says what it is told to: of each name the next list of addresses, the last one again and again.
func names(t *testing.T, say func(name string, asked int) []string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		asked := map[string]int{}
		packet := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(packet[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			if q.Type == dnsmessage.TypeA {
				name := strings.TrimSuffix(strings.ToLower(q.Name.String()), ".")
				for _, a := range say(name, asked[name]) {
					m.Answers = append(m.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET}, Body: &dnsmessage.AResource{A: netip.MustParseAddr(a).As4()},
					})
				}
				asked[name]++
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// spellings are ways to say the machine's own address, or one behind it.
func spellings() []string {
	return []string{
		"127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "0177.0.0.1", "017700000001",
		"127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "app.localhost", "loopback.example", "loopback.example.", "127.0.0.1.nip.example",
		"0.0.0.0", "0", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
		"[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fd00::1]", "[::1%25lo]", "127.0.0.1%00.example.com", "①②⑦.⓪.⓪.①", "169.254.169.254", "10.0.0.1",
		"172.31.255.255", "192.168.1.1", "100.64.0.1", "255.255.255.255", "224.0.0.1", "198.18.0.1",
	}
}

func TestNoSpellingOfThisMachineIsReached(t *testing.T) {
	t.Parallel()
	server, reached := receiver(t, ok)
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	loopback := names(t, func(string, int) []string { return []string{"127.0.0.1"} })
	refused := 0
	for _, c := range []*outbound.Client{outbound.New(outbound.Options{Plain: true, Resolver: loopback}), outbound.New(outbound.Options{Plain: true, Timeout: time.Second})} {
		for _, host := range spellings() {
			for _, scheme := range []string{"http://", "https://"} {
				_, err := c.Post(t.Context(), scheme+host+port+"/", nil, "{}")
				f := fault.As(err)
				if f == nil || f.Public == "" {
					t.Errorf("%s%s: %v, want a fault that says why", scheme, host, err)
					continue
				}
				refused++
			}
		}
	}
	if reached.Load() != 0 {
		t.Errorf("%d posts arrived", reached.Load())
	}
	t.Logf("%d spellings, %d posts refused", len(spellings()), refused)

	dev := outbound.New(outbound.Options{Allow: outbound.Loopback, Plain: true})
	if a, err := dev.Post(t.Context(), server.URL, nil, "{}"); err != nil || a.Status != http.StatusOK || reached.Load() != 1 {
		t.Errorf("development does not reach itself: %v %v", a, err)
	}
	if _, err := dev.Post(t.Context(), "http://10.0.0.1"+port, nil, "{}"); !fault.Is(err, fault.Invalid) {
		t.Errorf("development reaches private networks: %v", err)
	}
}

// A name that was public when it was looked at, and is this machine when it is called.
func TestRebinding(t *testing.T) {
	t.Parallel()
	server, reached := receiver(t, ok)
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	resolver := names(t, func(_ string, asked int) []string {
		if asked == 0 {
			return []string{"93.184.215.14"}
		}
		return []string{"127.0.0.1"}
	})
	first, err := resolver.LookupNetIP(t.Context(), "ip4", "rebinding.example")
	if err != nil || len(first) != 1 || !outbound.Public(first[0]) {
		t.Fatalf("the first look-up says %v, %v", first, err)
	}
	c := outbound.New(outbound.Options{Plain: true, Resolver: resolver})
	if err := c.Check("http://rebinding.example" + port); err != nil {
		t.Fatalf("the name looks wrong already: %v", err)
	}
	_, err = c.Post(t.Context(), "http://rebinding.example"+port, nil, "{}")
	if f := fault.As(err); f == nil || f.Kind != fault.Denied || !strings.Contains(f.Public, "private network") {
		t.Errorf("rebinding: %v", err)
	}
	if reached.Load() != 0 {
		t.Error("the post arrived")
	}
}

func TestRedirectsAreAnswers(t *testing.T) {
	t.Parallel()
	inside, reached := receiver(t, ok)
	for _, status := range []int{301, 302, 303, 307, 308} {
		outside, _ := receiver(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, inside.URL, status) })
		a, err := outbound.New(outbound.Options{Allow: outbound.Loopback, Plain: true}).Post(t.Context(), outside.URL, nil, "{}")
		if err != nil || a.Status != status {
			t.Errorf("%d: answered %d, %v", status, a.Status, err)
		}
	}
	if reached.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	c := outbound.New(outbound.Options{Allow: outbound.Loopback, Plain: true, Timeout: 300 * time.Millisecond})
	long, _ := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 100 {
			_, _ = w.Write(make([]byte, 4096))
		}
	})
	if a, err := c.Post(t.Context(), long.URL, nil, ""); err != nil || len(a.Body) != outbound.MaxAnswer {
		t.Errorf("a long answer: %d bytes, %v", len(a.Body), err)
	}
	end := make(chan struct{})
	defer close(end)
	for name, c2 := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"silence": {func(http.ResponseWriter, *http.Request) { <-end }, "no answer in time"},
		"hang up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "hung up"},
		"headers": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 2*outbound.MaxAnswer))
		}, "could not be reached"},
	} {
		server, _ := receiver(t, c2.answer)
		_, err := c.Post(t.Context(), server.URL, nil, "")
		if f := fault.As(err); f == nil || !strings.Contains(f.Public, c2.want) || strings.Contains(err.Error(), server.URL) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The status came in time, the rest did not: it is an answer.
	slow, _ := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		w.(http.Flusher).Flush()
		<-end
	})
	if a, err := c.Post(t.Context(), slow.URL, nil, ""); err != nil || a.Status != http.StatusAccepted {
		t.Errorf("a slow body: %v, %v", a, err)
	}
}

func TestCertificatesAreChecked(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(ok))
	t.Cleanup(server.Close)
	_, err := outbound.New(outbound.Options{Allow: outbound.Loopback}).Post(t.Context(), server.URL, nil, "")
	if f := fault.As(err); f == nil || !strings.Contains(f.Public, "certificate does not hold") {
		t.Errorf("a certificate of nobody: %v", err)
	}
	trusting := &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	if a, err := outbound.New(outbound.Options{Allow: outbound.Loopback, TLS: trusting}).Post(t.Context(), server.URL, nil, ""); err != nil || a.Status != http.StatusOK {
		t.Errorf("a certificate that holds: %v, %v", a, err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	production := outbound.New(outbound.Options{})
	for _, good := range []string{
		"https://example.com", "https://example.com:8443/hooks?id=1", "https://xn--bcher-kva.example/", "https://a_b.example/", "https://93.184.215.14/", "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/x",
	} {
		if err := production.Check(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, want := range map[string]string{
		"": "whole address", "example.com": "whole address", "mailto:a@example.com": "whole address", "https://": "whole address",
		"https://exa mple.com": "whole address", "https://bücher.example": "whole address", "https://example.com:x": "whole address",
		"http://example.com": "begin with https", "ftp://example.com": "begin with https", "file:///etc/passwd": "whole address",
		"https://u:p@example.com": "name and password", "https://example.com/#x": "begins with #", "https://example.com/#": "begins with #",
		"https://example.com:25": "port 443", "https://example.com:22/": "port 443", "https://example.com:0/": "port 443", "https://example.com:99999/": "port 443",
		"https://localhost/": "private network", "https://[::1]/": "private network", "https://192.168.0.1/": "private network",
		"https://1.2.3/": "four numbers", "https://0x7f.1/": "four numbers", "https://example.com/" + strings.Repeat("x", outbound.MaxURL): "too long",
	} {
		if err := production.Check(bad); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.As(err).Public, want) {
			t.Errorf("%.60q: %v, want %q", bad, err, want)
		}
	}
}
