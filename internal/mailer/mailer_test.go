package mailer

import (
	"io/fs"
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
