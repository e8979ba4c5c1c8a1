package outbound

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"plinth/internal/fault"
)

// MaxURL is the longest address that is taken, in bytes.
const MaxURL = 2000

const (
	notAnAddress = "Write a whole address, such as https://example.com/plinth."
	notAPort     = "Use port 443, port 80, or one from 1024 on."
)

// Check refuses an address that is visibly no good. What it lets pass is looked at again when the connection is made, with
// what the name then leads to.
func (c *Client) Check(raw string) error {
	u, err := url.Parse(raw)
	bad := func(text string) error { return fault.New(fault.Invalid, text) }
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "":
		return bad(notAnAddress)
	case len(raw) > MaxURL:
		return bad("This address is too long.")
	case u.Scheme != "https" && (u.Scheme != "http" || !c.plain):
		return bad("The address has to begin with https://.")
	case u.User != nil:
		return bad("Leave out the name and password: what is sent is signed instead.")
	case u.Fragment != "" || strings.Contains(raw, "#"):
		return bad("Leave out what begins with #: it is never sent.")
	case !c.mayPort(portOf(u)):
		return bad(notAPort)
	}
	return c.checkHost(u.Hostname())
}

func portOf(u *url.URL) uint16 {
	if u.Port() == "" {
		return 443 // or 80: both may
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}

func (c *Client) checkHost(host string) error {
	private := func() error {
		return fault.New(fault.Invalid, "This address leads into a private network, which nothing is sent to.")
	}
	if a, err := netip.ParseAddr(host); err == nil {
		if !c.may(a) {
			return private()
		}
		return nil
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		if !c.may(netip.AddrFrom4([4]byte{127, 0, 0, 1})) {
			return private()
		}
		return nil
	}
	for _, r := range host {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_' {
			return fault.New(fault.Invalid, notAnAddress)
		}
	}
	last := host[strings.LastIndex(host, ".")+1:]
	if _, err := strconv.ParseUint(last, 0, 64); err == nil || last == "" || strings.HasPrefix(last, "0x") {
		// An address of four numbers in one of its other spellings: some programs read it, and none should.
		return fault.New(fault.Invalid, "Write the address with a name, or with its four numbers in full.")
	}
	return nil
}

// special are the ranges of IPv4, and of IPv6 within the part that is given out, that lead to no server of the public
// internet (IANA's registries of special-purpose addresses). Those of IPv6 that are derived from IPv4 are among them: what they
// lead to is for a router to say.
func special() []netip.Prefix {
	var out []netip.Prefix
	for _, p := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
	} {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

// Public says whether an address is one of the public internet.
func Public(a netip.Addr) bool {
	if a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if nat64 := netip.MustParsePrefix("64:ff9b::/96"); nat64.Contains(a) {
		// How a network that has IPv6 alone reaches IPv4 (RFC 6052).
		b := a.As16()
		return Public(netip.AddrFrom4([4]byte(b[12:])))
	}
	if a.Is6() && !netip.MustParsePrefix("2000::/3").Contains(a) {
		return false // nothing else of IPv6 is given out
	}
	for _, p := range special() {
		if p.Contains(a) {
			return false
		}
	}
	return a.IsValid()
}
