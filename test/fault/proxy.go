// Package fault takes parts away from a running product and looks at what people see.
package fault

import (
	"net"
	"net/url"
	"sync"
	"testing"
)

// Proxy stands between the product and Postgres, so that a test can take Postgres away and give it back.
type Proxy struct {
	t      testing.TB
	target string
	addr   string

	mu       sync.Mutex
	l        net.Listener
	conns    map[net.Conn]bool
	accepted int
	froze    bool
	thaw     chan struct{}
	held     chan struct{} // hears of each piece that is held back
}

// NewProxy returns a proxy for the server of a database URL, and the URL through it.
func NewProxy(t testing.TB, databaseURL string) (*Proxy, string) {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{t: t, target: u.Host, conns: map[net.Conn]bool{}, thaw: make(chan struct{}), held: make(chan struct{}, 100)}
	p.listen("127.0.0.1:0")
	t.Cleanup(p.Cut)
	u.Host = p.addr
	return p, u.String()
}

func (p *Proxy) listen(addr string) {
	p.t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.l, p.addr = l, l.Addr().String()
	p.mu.Unlock()
	go p.accept(l)
}

func (p *Proxy) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns[client], p.conns[server] = true, true
		p.accepted++
		p.mu.Unlock()
		go p.pipe(client, server)
		go p.pipe(server, client)
	}
}

// pipe copies one way; while frozen it holds back what it has read, as a server does that no longer answers.
func (p *Proxy) pipe(to, from net.Conn) {
	defer func() {
		_ = to.Close()
		_ = from.Close()
		p.mu.Lock()
		delete(p.conns, to)
		delete(p.conns, from)
		p.mu.Unlock()
	}()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		p.mu.Lock()
		froze, thaw := p.froze, p.thaw
		p.mu.Unlock()
		if froze {
			p.held <- struct{}{}
			<-thaw
		}
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// Cut ends every connection and refuses new ones, as a server that is gone.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.l.Close()
	for c := range p.conns {
		_ = c.Close()
	}
	p.conns = map[net.Conn]bool{}
	if p.froze {
		p.froze = false
		close(p.thaw)
	}
}

// Restore takes connections again, on the same address.
func (p *Proxy) Restore() {
	p.t.Helper()
	p.listen(p.addr)
}

// Freeze holds back all traffic.
func (p *Proxy) Freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.froze, p.thaw = true, make(chan struct{})
}

// Thaw lets traffic flow again.
func (p *Proxy) Thaw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.froze {
		p.froze = false
		close(p.thaw)
	}
}

// Accepted counts the connections to Postgres that were ever opened.
func (p *Proxy) Accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// AwaitHeld waits until a frozen proxy holds something back: a query is under way.
func (p *Proxy) AwaitHeld() { <-p.held }
