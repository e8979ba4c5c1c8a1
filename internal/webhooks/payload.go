package webhooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/events"
	"plinth/internal/projects"
	"plinth/internal/webhooks/webhooksdb"
)

// Payload is what is posted of an event.
type Payload struct {
	Type      string    `json:"type"`
	Version   int       `json:"version"`
	Timestamp time.Time `json:"timestamp"` // when it happened
	Data      Data      `json:"data"`
}

// Data is what is told of an event, as it stood when it was passed on.
type Data struct {
	ID           uuid.UUID         `json:"id"`
	Organization Organization      `json:"organization"`
	Actor        *Named            `json:"actor"` // null: nobody, but Plinth itself
	Project      *Project          `json:"project,omitempty"`
	Object       Object            `json:"object"`
	Comment      *Comment          `json:"comment,omitempty"`
	Changes      map[string]Change `json:"changes"`
}

// Organization names an organization.
type Organization struct {
	ID   uuid.UUID `json:"id"`
	Slug string    `json:"slug"`
	Name string    `json:"name"`
}

// Named is a person.
type Named struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// Project names a project.
type Project struct {
	ID   uuid.UUID `json:"id"`
	Key  string    `json:"key"`
	Name string    `json:"name"`
}

// Object is what an event is about. What is behind Name is of tickets alone.
type Object struct {
	Kind     string     `json:"kind"`
	ID       *uuid.UUID `json:"id"` // null: the organization itself
	Name     string     `json:"name"`
	Key      string     `json:"key,omitempty"`
	Number   int32      `json:"number,omitempty"`
	Title    string     `json:"title,omitempty"`
	Status   string     `json:"status,omitempty"`
	Priority string     `json:"priority,omitempty"`
	Assignee *Named     `json:"assignee,omitempty"`
	URL      string     `json:"url,omitempty"`
}

// Comment is what was said.
type Comment struct {
	ID   uuid.UUID `json:"id"`
	Body string    `json:"body"`
}

// Change is a field before and after.
type Change struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// text is the payload as it is signed and sent.
func (p Payload) text() (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		return "", fmt.Errorf("write the payload of %s: %w", p.Type, err)
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// told makes the payload of an event.
func (w *Webhooks) told(e webhooksdb.SnapshotsRow) (string, error) {
	version := 1
	if t, ok := events.TypeOf(e.Action); ok {
		version = t.Version
	}
	changes, err := changesOf(e.Changes)
	if err != nil {
		return "", fmt.Errorf("read the changes of event %s: %w", e.ID, err)
	}
	d := Data{
		ID: e.ID, Organization: Organization{e.OrganizationID, e.OrganizationSlug, e.OrganizationName}, Changes: changes,
		Object: Object{Kind: e.ObjectKind, ID: e.ObjectID, Name: e.ObjectName},
	}
	if e.ActorID != nil {
		d.Actor = &Named{*e.ActorID, e.ActorName}
	}
	if e.ProjectID != nil {
		d.Project = &Project{*e.ProjectID, e.ProjectKey, e.ProjectName}
	}
	if e.CommentID != nil {
		d.Comment = &Comment{*e.CommentID, e.CommentBody}
	}
	if e.ObjectKind == "member" && e.MemberName != "" {
		d.Object.Name = e.MemberName
	}
	if e.Number != nil {
		d.Object = w.ticket(e)
	}
	return Payload{Type: e.Action, Version: version, Timestamp: e.At.UTC(), Data: d}.text()
}

func (w *Webhooks) ticket(e webhooksdb.SnapshotsRow) Object {
	o := Object{
		Kind: e.ObjectKind, ID: e.ObjectID, Name: e.ObjectName, Key: fmt.Sprintf("%s-%d", e.TicketProject, *e.Number), Number: *e.Number, Title: e.Title,
		Status: e.Status, Priority: projects.Priority(e.Priority).Name(),
		URL: fmt.Sprintf("%s/orgs/%s/projects/%s/tickets/%d", w.URL, e.OrganizationSlug, e.TicketProject, *e.Number),
	}
	if e.AssigneeID != nil {
		o.Assignee = &Named{*e.AssigneeID, e.AssigneeName}
	}
	return o
}

// changesOf are the fields that changed; the comment that an event is about is told apart from them.
func changesOf(raw []byte) (map[string]Change, error) {
	var pairs map[string][2]string
	if err := json.Unmarshal(raw, &pairs); err != nil {
		return nil, err
	}
	out := map[string]Change{}
	for field, pair := range pairs {
		if field != events.AboutComment {
			out[field] = Change{pair[0], pair[1]}
		}
	}
	return out, nil
}
