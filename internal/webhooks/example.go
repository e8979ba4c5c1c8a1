package webhooks

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/events"
)

// Example is what is posted of a type of event, with made-up values: for those who write a receiver.
func Example(t events.Type) Payload {
	id := func(last string) uuid.UUID { return uuid.MustParse("01920c5e-7e7f-7a3d-9b53-1f2a5d0c7" + last) }
	object := id("e01")
	p := Payload{Type: t.Name, Version: t.Version, Timestamp: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), Data: Data{
		ID: id("e00"), Organization: Organization{id("e02"), "acme", "Acme Robotics"}, Actor: &Named{id("e03"), "Mira Okafor"}, Changes: map[string]Change{},
		Object: Object{Kind: t.Object, ID: &object, Name: "Website"},
	}}
	for _, c := range t.Changes {
		if c.Field == events.AboutComment {
			p.Data.Comment = &Comment{uuid.MustParse(c.After), "Which browser is it?"}
			continue
		}
		p.Data.Changes[c.Field] = Change{c.Before, c.After}
	}
	switch t.Object {
	case "ticket":
		p.Data.Project = &Project{id("e04"), "WEB", "Website"}
		p.Data.Object = Object{
			Kind: "ticket", ID: &object, Name: "Signup fails", Key: "WEB-12", Number: 12, Title: "Signup fails", Status: "progress", Priority: "high",
			Assignee: &Named{id("e05"), "Jun Park"}, URL: "https://plinth.example/orgs/acme/projects/WEB/tickets/12",
		}
	case "project":
		p.Data.Project = &Project{object, "WEB", "Website"}
	case "member":
		p.Data.Object.Name = "Jun Park"
	case "organization":
		p.Data.Object = Object{Kind: t.Object, ID: &p.Data.Organization.ID, Name: "Acme Robotics"}
	case "invitation":
		p.Data.Object.Name = ""
	case "subscription":
		p.Data.Actor, p.Data.Object.Name = nil, "Team"
	}
	return p
}

// Pretty is a payload laid out to be read.
func (p Payload) Pretty() string {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(p); err != nil {
		return fmt.Sprintf("%+v", p) // no value of a payload fails to be written
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// VerifyExample is how a server verifies a post, in Go.
const VerifyExample = `import standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

func receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	hook, err := standardwebhooks.NewWebhook(os.Getenv("PLINTH_WEBHOOK_SECRET")) // whsec_…
	if err != nil || hook.Verify(body, r.Header) != nil {
		http.Error(w, "not signed", http.StatusUnauthorized)
		return
	}
	// r.Header.Get("webhook-id") has come before? Then answer 204 and be done.
	w.WriteHeader(http.StatusNoContent)
}`

// Document is docs/events.md: the catalogue of events for those who write a receiver.
func Document() string {
	var b strings.Builder
	b.WriteString(`# Events

What a webhook can be told of. This page is made from the catalogue in ` + "`internal/events`" + `; the product shows the same at
` + "`/docs/events`" + `. How webhooks work is told in [webhooks.md](webhooks.md).

A type's version goes up when the meaning of its payload changes. New fields come without a new version, so a receiver leaves
alone what it does not know.

`)
	noun := ""
	for _, t := range events.Catalogue() {
		if !t.Told {
			continue
		}
		if t.Object != noun {
			noun = t.Object
			fmt.Fprintf(&b, "## %s\n\n", strings.ToUpper(noun[:1])+noun[1:])
		}
		fmt.Fprintf(&b, "### %s\n\nVersion %d: somebody %s.\n\n```json\n%s\n```\n\n", t.Name, t.Version, t.Text, Example(t).Pretty())
	}
	return strings.TrimSuffix(b.String(), "\n")
}
