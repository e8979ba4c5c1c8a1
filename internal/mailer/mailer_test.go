package mailer

import (
	"bufio"
	"io/fs"
	"net"
	"strings"
	"testing"

	"errors"
)

func TestFolderKeepsAndFinds(t *testing.T) {
	t.Parallel()
	f := &Folder{Dir: t.TempDir(), From: "Plinth <plinth@example.com>"}
	for _, to := range []string{"dana@example.com", "nina@example.com"} {
		_, err := f.Send(t.Context(), Message{To: to, Subject: "For " + to, Text: "see http://127.0.0.1/x?y=1 and more", HTML: "<p>see</p>"})
		if err != nil {
			t.Fatal(err)
		}
	}
	all, err := f.List(10, "")
	if err != nil || len(all) != 2 || all[0].To != "nina@example.com" {
		t.Fatalf("the newest comes first: %+v, %v", all, err)
	}
	one, err := f.List(10, "DANA@example.com")
	if err != nil || len(one) != 1 || one[0].Links()[0] != "http://127.0.0.1/x?y=1" {
		t.Errorf("mails to one address: %+v, %v", one, err)
	}
	if few, err := f.List(1, ""); err != nil || len(few) != 1 {
		t.Errorf("one at most: %d, %v", len(few), err)
	}
	for _, id := range []string{"", "x", "../mailer_test", all[0].ID + "x"} {
		if _, err := f.Get(id); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("mail %q: %v", id, err)
		}
	}
	if err := f.Clear(); err != nil {
		t.Fatal(err)
	}
	if all, err := f.List(10, ""); err != nil || len(all) != 0 {
		t.Errorf("after clearing: %d, %v", len(all), err)
	}
}

func TestHostileHeaders(t *testing.T) {
	t.Parallel()
	for _, m := range []Message{
		{To: "dana@example.com\r\nBcc: evil@example.com", Subject: "x"}, {To: "dana@example.com, evil@example.com", Subject: "x"}, {To: "", Subject: "x"},
	} {
		if _, err := compose("Plinth <plinth@example.com>", m); err == nil {
			t.Errorf("a mail to %q is composed", m.To)
		}
	}
	msg, err := compose("Plinth <plinth@example.com>", Message{To: "dana@example.com", Subject: "Hello\r\nBcc: evil@example.com", Text: "t", HTML: "h"})
	if err != nil {
		return // refusing it is as good
	}
	var out strings.Builder
	if _, err := msg.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "\nBcc: evil") {
		t.Errorf("a subject makes a header:\n%s", out.String())
	}
}

func TestSMTPURL(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"smtp://localhost:25", "smtp://u:p@mail.example.com:587", "smtps://u:p@mail.example.com:465"} {
		if _, err := NewSMTP(good, "Plinth <plinth@example.com>"); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "mail.example.com", "smtp://:25", "smtp://host:port"} {
		if _, err := NewSMTP(bad, "Plinth <plinth@example.com>"); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// A server that takes the mail and then breaks off has taken it; one that breaks off while it is asked may have.
func TestWhatTheServerTookIsTaken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, dot, after string
		unsure, fails    bool
	}{
		{name: "taken", dot: "250 queued as 7", after: "221 bye"},
		{name: "taken, and then gone", dot: "250 queued as 7", after: ""},
		{name: "gone before the answer", dot: "", unsure: true, fails: true},
		{name: "refused", dot: "554 no", after: "221 bye", fails: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.Close() }()
			go serveOne(l, c.dot, c.after)
			s, err := NewSMTP("smtp://"+l.Addr().String(), "Plinth <plinth@example.com>")
			if err != nil {
				t.Fatal(err)
			}
			answer, err := s.Send(t.Context(), Message{ID: "cause@example.com", To: "dana@example.com", Subject: "Hello", Text: "text", HTML: "<p>text</p>"})
			if (err != nil) != c.fails || errors.Is(err, ErrUnsure) != c.unsure {
				t.Errorf("%v", err)
			}
			if err == nil && !strings.Contains(answer, "queued as 7") {
				t.Errorf("the server's answer is %q", answer)
			}
		})
	}
}

// serveOne takes one connection; dot is said to a whole mail and after to what comes behind it, and nothing breaks off.
func serveOne(l net.Listener, dot, after string) {
	conn, err := l.Accept()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	in := bufio.NewScanner(conn)
	say := func(line string) bool {
		_, _ = conn.Write([]byte(line + "\r\n"))
		return line != ""
	}
	say("220 test")
	body, done := false, false
	for in.Scan() {
		verb, _, _ := strings.Cut(strings.ToUpper(in.Text()), " ")
		switch {
		case body && in.Text() == ".":
			body, done = false, true
			if dot == "" || !say(dot) {
				return
			}
		case body:
		case done:
			if after == "" || !say(after) {
				return
			}
		case verb == "DATA":
			body = true
			say("354 go on")
		default:
			say("250 ok")
		}
	}
}
