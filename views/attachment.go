package views

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/files"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// TicketRef names a ticket by its project's key and its number; 0 is one that is not there yet.
type TicketRef struct {
	Key    string
	Number int
}

func refOf(t projects.Ticket) TicketRef { return TicketRef{Key: t.Project, Number: int(t.Number)} }

func (t TicketRef) path(s scope.Scope, parts ...string) string {
	return projectPath(s, t.Key, append([]string{"tickets", strconv.Itoa(t.Number)}, parts...)...)
}

func (t TicketRef) file(s scope.Scope, id uuid.UUID, parts ...string) string {
	if t.Number == 0 {
		return ui.OrgPath(s.Slug, append([]string{"files", id.String()}, parts...)...)
	}
	return t.path(s, append([]string{"attachments", id.String()}, parts...)...)
}

// pictured says whether a file is shown as the image it is; one whose thumbnail is still being made is waited for.
func pictured(a files.Attachment) bool {
	return a.Thumbnail == files.Ready || a.Thumbnail == files.Waiting
}

// fileMarkdown is what a text says to show the file, or to lead to it.
func fileMarkdown(s scope.Scope, t TicketRef, a files.Attachment) string {
	name := strings.NewReplacer("[", "(", "]", ")", `\`, "", "`", "", "*", "", "_", " ", "<", "", ">", "", "!", "").Replace(a.Name)
	out := "[" + name + "](" + t.file(s, a.ID) + ")"
	if pictured(a) {
		return "!" + out
	}
	return out
}

// fileBox is a list of files.
type fileBox struct {
	Ticket TicketRef
	ID     string
	Class  string
	Said   string // the text they stand below: a picture that it shows is not shown again
	Writes bool
}

func (b fileBox) draws(a files.Attachment) bool {
	return pictured(a) && !strings.Contains(b.Said, a.ID.String())
}

// ticketRefusal is why a file was not attached to the ticket itself.
func ticketRefusal(f ui.Form) string { return cmp.Or(f.Err(files.Field), f.Summary) }

// draftFileID is the id of the field for a comment's files: what the summary of errors leads to when one was refused.
func draftFileID(f ui.Form) string {
	if f.Err(files.Field) != "" {
		return files.Field
	}
	return "draft-file"
}

func refusedAttrs(id, wrong string) templ.Attributes {
	if wrong == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": id + "-e"}
}

// nextPlace is which of the form's files the next one is: behind all that it brought, also what was taken away again.
func nextPlace(f ui.Form, all []files.Attachment) int {
	sent, err := strconv.Atoi(f.Value("place"))
	if err != nil {
		sent = 0
	}
	return max(sent, len(all))
}

// removeAttrs take the line away when the file is removed.
func removeAttrs(url string) templ.Attributes {
	return templ.Attributes{"hx-post": url, "hx-target": "closest li", "hx-swap": "delete"}
}

// uploadBox is where files are chosen.
type uploadBox struct {
	URL   string
	Form  string // the id of the form
	Draft string // the form of the comment or new ticket they are for; empty: of the ticket
	List  string // the id of the list that they are added to
	Most  int64
	Drop  bool // takes what is dropped anywhere on the page
}

func (b uploadBox) attrs(ctx context.Context) templ.Attributes {
	return templ.Attributes{
		"data-url": b.URL, "data-form": b.Form, "data-draft": b.Draft, "data-list": b.List,
		"data-most": strconv.FormatInt(b.Most, 10), "data-drop": b.Drop, "data-too-large": ui.T(ctx, "larger than %s", ui.Bytes(ctx, b.Most)),
		"data-failed": ui.T(ctx, "not sent"),
	}
}
