// Package outbound posts to addresses that people typed. It is the only place that does: what such an address leads to is
// looked at when the connection is made, so that nobody reaches through us what only we can reach.
package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"plinth/internal/fault"
)

const (
	// Timeout is how long a post may take in all, from looking up the name to the end of the answer.
	Timeout = 5 * time.Second
	// MaxAnswer is how much of an answer is read, in bytes.
	MaxAnswer = 64 << 10
)

// Client posts. Use New.
type Client struct {
	allow   func(netip.Addr) bool
	plain   bool
	timeout time.Duration
	client  *http.Client
}

// Options say what a client may reach.
type Options struct {
	// Allow says of an address that Public refuses whether it may be reached all the same; nil is never. Development and
	// tests reach themselves with Loopback.
	Allow func(netip.Addr) bool
	// Plain allows http beside https.
	Plain bool
	// Resolver looks names up; nil is the machine's.
	Resolver *net.Resolver
	// Timeout is shorter in tests; zero is Timeout.
	Timeout time.Duration
	// TLS is for tests, whose servers have certificates of their own.
	TLS *tls.Config
}

// Loopback are the addresses of the machine itself.
func Loopback(a netip.Addr) bool { return a.Unmap().IsLoopback() }

// New returns a client. It follows no redirects, uses no proxy of the environment, and keeps no connection.
func New(o Options) *Client {
	c := &Client{allow: o.Allow, plain: o.Plain, timeout: o.Timeout}
	if c.timeout == 0 {
		c.timeout = Timeout
	}
	dialer := &net.Dialer{Resolver: o.Resolver, ControlContext: c.control}
	c.client = &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: o.TLS,
			DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: MaxAnswer,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// control is asked with each address that a name led to, before the connection is made: what was looked up earlier, or what
// another look-up would say, does not count.
func (c *Client) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("read the address %q: %w", address, err)
	}
	if !c.may(to.Addr()) {
		return errPrivate
	}
	if !c.mayPort(to.Port()) {
		return errPort
	}
	return nil
}

func (c *Client) may(a netip.Addr) bool {
	return Public(a) || c.allow != nil && c.allow(a)
}

// mayPort refuses the ports of mail and other old services, which would take a post for something else.
func (*Client) mayPort(port uint16) bool { return port == 80 || port == 443 || port >= 1024 }

// Answer is what the other side said.
type Answer struct {
	Status int
	Body   []byte // the first MaxAnswer bytes
}

// Words are what the status is called, "" for one that has no name.
func (a Answer) Words() string { return http.StatusText(a.Status) }

// Refused says that the other side is there and does not want this, now or later.
func (a Answer) Refused() bool {
	switch a.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return a.Status >= 400 && a.Status < 500
}

// Post sends a body. An error tells in its public text what went wrong; whatever status is answered is none, also a redirect.
func (c *Client) Post(ctx context.Context, to string, header map[string]string, body string) (Answer, error) {
	if err := c.Check(to); err != nil {
		return Answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(body))
	if err != nil {
		return Answer{}, fault.Wrap(fault.Invalid, notAnAddress, err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := c.client.Do(r)
	if err != nil {
		return Answer{}, explained(err)
	}
	defer func() { _ = response.Body.Close() }() // what was read is read
	out := Answer{Status: response.StatusCode}
	// The status is the answer. What the rest of it is cut short by is not worth another try.
	out.Body, _ = io.ReadAll(io.LimitReader(response.Body, MaxAnswer))
	return out, nil
}

var (
	errPrivate = errors.New("the address is not a public one")
	errPort    = errors.New("the port is not one for this")
)

// explained gives a failure the words that people read.
func explained(err error) error {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	said := func(text string) error { return fault.Wrap(fault.Unavailable, text, withoutURL(err)) }
	switch {
	case errors.Is(err, errPrivate):
		return fault.Wrap(fault.Denied, "This address leads into a private network, which nothing is sent to.", withoutURL(err))
	case errors.Is(err, errPort):
		return fault.Wrap(fault.Denied, notAPort, withoutURL(err))
	case errors.As(err, &name) && !name.IsTimeout:
		return said("No server has this name.")
	case errors.As(err, &certificate):
		return said("The server's certificate does not hold: " + certificate.Err.Error() + ".")
	case errors.As(err, &record):
		return said("The server does not speak https.")
	case errors.Is(err, context.DeadlineExceeded) || timedOut(err):
		return said("There was no answer in time.")
	case errors.Is(err, syscall.ECONNREFUSED):
		return said("The server takes no connection.")
	case errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return said("The server hung up before it answered.")
	}
	return said("The server could not be reached.")
}

func timedOut(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// withoutURL is the cause without the address, which may hold a secret and has no place in a log.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
