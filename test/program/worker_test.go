package program

import (
	"bufio"
	"context"
	"encoding/base64"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// onceWithin is the goal of the issue: a job whose worker was killed is done, once, within this time after the restart.
const onceWithin = 90 * time.Second

func TestWorkerKilledInTheMiddleOfAJob(t *testing.T) {
	t.Parallel()
	for range 5 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			took := killWorker(t)
			t.Logf("done once, %v after the restart", took.Round(time.Millisecond))
			if took > onceWithin {
				t.Errorf("took %v, goal %v", took, onceWithin)
			}
		})
	}
}

// killWorker kills a worker while it sends a mail, starts another, and returns how long that one took to send it once.
func killWorker(t *testing.T) time.Duration {
	t.Helper()
	d := dbtest.New(t)
	site := webtest.On(t, d, nil)
	site.Account(t, "Dana", "dana@example.com")
	site.Browser(t).Get("/forgot").Submit("/forgot", "email", "dana@example.com").Want(200)

	smtp := newSMTP(t)
	env := []string{
		"APP_ENV=test", "APP_URL=http://127.0.0.1:8080", "DATABASE_URL=" + d.App, "DATABASE_WORKER_URL=" + d.Worker, "DATABASE_ADMIN_URL=" + d.Admin,
		"SECRET_KEYS=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))), "SMTP_URL=smtp://" + smtp.addr,
		"STRIPE_SECRET_KEY=sk_test_webtest", "STRIPE_WEBHOOK_SECRETS=whsec_webtestwebtest", "JOBS_RESCUE_AFTER=6s",
	}
	first := Start(t, t.TempDir(), env, "worker")
	smtp.await(t, first, smtp.stalled) // the whole mail is sent, and the server has not said that it took it
	first.Kill()
	smtp.release()
	begun := time.Now()
	second := Start(t, t.TempDir(), env, "worker")
	smtp.await(t, second, smtp.taken)
	took := time.Since(begun)
	awaitState(t, site, second)
	if err := second.Stop(); err != nil {
		t.Errorf("the worker ended with %v:\n%s", err, second.Output())
	}
	if n := smtp.count(); n != 1 {
		t.Errorf("the mail was taken %d times", n)
	}
	// The first came in whole and may have been delivered: a reader's program knows both for one.
	if len(smtp.ids) != 2 || smtp.ids[0] != smtp.ids[1] {
		t.Errorf("the mail came under the Message-IDs %q", smtp.ids)
	}
	return took
}

// awaitState waits until the log of mails says sent, once.
func awaitState(t *testing.T, site *webtest.Site, p *Program) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		var sent int
		err := site.Worker.DB.Direct().QueryRow(context.Background(), `select count(*) from mails where state = 'sent' and attempts = 2`).Scan(&sent)
		if err != nil {
			t.Fatal(err)
		}
		if sent == 1 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the mail's row does not say sent after two attempts:\n%s", p.Output())
		}
		time.Sleep(20 * time.Millisecond) //nolint:forbidigo // another process writes the row: there is nothing to wait on but time
	}
}

// smtpServer takes mails. It stalls at the end of the first one.
type smtpServer struct {
	addr    string
	stalled chan struct{}
	taken   chan struct{}
	hold    chan struct{}

	mu   sync.Mutex
	n    int
	ids  []string
	once bool
}

func newSMTP(t *testing.T) *smtpServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &smtpServer{addr: l.Addr().String(), stalled: make(chan struct{}, 1), taken: make(chan struct{}, 9), hold: make(chan struct{})}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.talk(conn)
		}
	}()
	return s
}

func (s *smtpServer) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewScanner(conn)
	say := func(line string) { _, _ = conn.Write([]byte(line + "\r\n")) }
	say("220 test")
	body := false
	for in.Scan() {
		line := in.Text()
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); {
		case body && line != ".":
			if id, ok := strings.CutPrefix(line, "Message-ID: "); ok {
				s.seen(id)
			}
		case body:
			body = false
			if s.take() {
				say("250 taken")
			}
		case verb == "DATA":
			body = true
			say("354 go on")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// seen notes the Message-ID of a mail that came in whole or in part.
func (s *smtpServer) seen(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = append(s.ids, id)
}

// take says whether the mail is taken: the first one is held back until its sender is dead.
func (s *smtpServer) take() bool {
	s.mu.Lock()
	first := !s.once
	s.once = true
	s.mu.Unlock()
	if first {
		s.stalled <- struct{}{}
		<-s.hold
		return false
	}
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	s.taken <- struct{}{}
	return true
}

func (s *smtpServer) release() { close(s.hold) }

func (s *smtpServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func (s *smtpServer) await(t *testing.T, p *Program, signal chan struct{}) {
	t.Helper()
	select {
	case <-signal:
	case <-time.After(patience + onceWithin):
		t.Fatalf("the worker does not come so far:\n%s", p.Output())
	}
}
