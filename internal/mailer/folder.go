package mailer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Folder keeps mails as files instead of sending them, one JSON file each.
type Folder struct {
	Dir  string
	From string
}

// Kept is a mail in a Folder.
type Kept struct {
	ID string
	// MessageID is the mail's, by which attempts at one mail are known.
	MessageID string
	At        time.Time
	From      string
	To        string
	Subject   string
	HTML      string
	Text      string
	Headers   map[string]string
}

// Send keeps the message. It is checked as for SMTP, so that what would not leave fails here too.
func (f *Folder) Send(_ context.Context, m Message) (string, error) {
	if _, err := compose(f.From, m); err != nil {
		return "", err
	}
	id, err := f.keep(m)
	if err != nil {
		return "", err
	}
	return "kept as " + id, nil
}

func (f *Folder) keep(m Message) (string, error) {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return "", fmt.Errorf("make the mail folder: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make a mail id: %w", err)
	}
	data, err := json.MarshalIndent(Kept{
		ID: id.String(), MessageID: m.ID, At: time.Now(), From: f.From, To: m.To, Subject: m.Subject, HTML: m.HTML, Text: m.Text, Headers: m.Headers,
	}, "", " ")
	if err != nil {
		return "", fmt.Errorf("write a mail: %w", err)
	}
	// Written beside and renamed, so that a reader never sees half a mail.
	part := filepath.Join(f.Dir, "."+id.String())
	if err := os.WriteFile(part, data, 0o600); err != nil {
		return "", fmt.Errorf("write a mail: %w", err)
	}
	return id.String(), os.Rename(part, filepath.Join(f.Dir, id.String()+".json"))
}

// List returns the newest mails, at most n, optionally only those to one address.
func (f *Folder) List(n int, to string) ([]Kept, error) {
	names, err := filepath.Glob(filepath.Join(f.Dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("list the mail folder: %w", err)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(b, a) }) // the names are UUIDv7: newest first
	var out []Kept
	for _, name := range names {
		if len(out) == n {
			break
		}
		m, err := f.Get(strings.TrimSuffix(filepath.Base(name), ".json"))
		if err != nil {
			return nil, err
		}
		if to == "" || strings.EqualFold(m.To, to) {
			out = append(out, m)
		}
	}
	return out, nil
}

// Get returns one mail; fs.ErrNotExist when there is none of that id.
func (f *Folder) Get(id string) (Kept, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return Kept{}, fs.ErrNotExist
	}
	data, err := os.ReadFile(filepath.Join(f.Dir, parsed.String()+".json"))
	if err != nil {
		return Kept{}, fmt.Errorf("read a mail: %w", err)
	}
	var m Kept
	if err := json.Unmarshal(data, &m); err != nil {
		return Kept{}, fmt.Errorf("read mail %s: %w", id, err)
	}
	return m, nil
}

// Clear deletes all mails.
func (f *Folder) Clear() error {
	names, err := filepath.Glob(filepath.Join(f.Dir, "*.json"))
	if err != nil {
		return fmt.Errorf("list the mail folder: %w", err)
	}
	for _, name := range names {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("delete a mail: %w", err)
		}
	}
	return nil
}

var link = regexp.MustCompile(`https?://[^\s"<>]+`)

// Links returns the links in the mail's text, in order.
func (k Kept) Links() []string { return link.FindAllString(k.Text, -1) }
