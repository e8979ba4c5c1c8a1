package handlers

import (
	"cmp"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/telemetry"
	"plinth/views"
	"plinth/views/ui"
)

// Attachments serves the files of tickets. The right to one is the right to its ticket, asked at each fetch.
type Attachments struct {
	*Base
	Projects *projects.Projects
	Files    *files.Files
	URL      string // APP_URL, for links that are carried elsewhere
}

// Create attaches what a form sends to a ticket, or to the comment that is being written. For a script the answer is the
// line about each file, or about what is wrong.
func (h *Attachments) Create(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	made, failed := h.Receive(w, r, s, key, number, "draft")
	if failed == nil && parse(r) == nil && r.PostForm.Get("from") != "" {
		return h.carry(w, r, s, views.TicketRef{Key: key, Number: number})
	}
	if failed == nil && len(made) == 0 {
		if _, err := h.Projects.EditPage(r.Context(), s, key, number); err != nil {
			return err // nothing was asked of the ticket yet
		}
		failed = fault.Field(files.Field, "Choose a file first.")
	}
	if IsHX(r) {
		return h.lines(w, r, s, views.TicketRef{Key: key, Number: number}, made, failed)
	}
	if failed != nil {
		return h.again(w, r, s, key, number, failed)
	}
	h.Flash(w, r, ui.TN(r.Context(), len(made), "The file is attached.", "%d files are attached."))
	return h.Redirect(w, r, ticketURL(s, key, number)+"#files")
}

// carry brings the files along when a text that was left is brought back into another form: fields from and draft, the
// ids of the forms.
func (h *Attachments) carry(w http.ResponseWriter, r *http.Request, s scope.Scope, t views.TicketRef) error {
	f, err := Decode[struct {
		From  uuid.UUID `form:"from"`
		Draft uuid.UUID `form:"draft"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	all, err := h.Projects.CarryFiles(r.Context(), s, t.Key, t.Number, f.From, f.Draft)
	if err != nil {
		return err
	}
	return h.lines(w, r, s, t, all, nil)
}

// lines answers a script: a line for each file, or one that says why there is none.
func (h *Attachments) lines(w http.ResponseWriter, r *http.Request, s scope.Scope, t views.TicketRef, made []files.Attachment, failed error) error {
	if failed == nil {
		return h.Render(w, r, http.StatusOK, views.AttachmentItems(s, t, made))
	}
	f := fault.As(failed)
	if f == nil {
		return failed
	}
	text := cmp.Or(f.Fields[files.Field], f.Public)
	if text == "" {
		return failed
	}
	telemetry.TraceFrom(r.Context()).Err = failed
	retryAfter(w, f)
	return h.Render(w, r, Status(f.Kind), views.AttachmentRefused(r.PostForm.Get("name"), text))
}

// again shows the ticket with what is wrong. The form gets another id: what it brought is attached, and what it brings
// next is something else.
func (h *Attachments) again(w http.ResponseWriter, r *http.Request, s scope.Scope, key string, number int, failed error) error {
	page, err := h.Projects.TicketPage(r.Context(), s, key, number, "")
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, func(f ui.Form) templ.Component {
		return views.Ticket(s, page, views.TicketView{Files: afresh(f), Comment: ui.Form{Values: url.Values{"id": {newID()}}}})
	})
}

// Show sends a file.
func (h *Attachments) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, id, err := pathAttachment(r)
	if err != nil {
		return err
	}
	file, err := h.Files.Open(r.Context(), s, files.Place{Key: key, Number: number}, id)
	if err != nil {
		return follow(h.Base, h.Projects, w, r, s, key, number, err)
	}
	return h.send(w, r, file, "private, no-cache")
}

// thumbnailFor is how long whoever asks for a thumbnail waits until it is made.
const thumbnailFor = 4 * time.Second

// Thumbnail sends the thumbnail of an image. One that is being made is waited for.
func (h *Attachments) Thumbnail(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, id, err := pathAttachment(r)
	if err != nil {
		return err
	}
	at := files.Place{Key: key, Number: number}
	err = h.drawn(w, r, func() (*files.Opened, error) { return h.Files.OpenThumbnail(r.Context(), s, at, id) })
	if fault.Is(err, fault.NotFound) {
		return follow(h.Base, h.Projects, w, r, s, key, number, err)
	}
	return err
}

// drawn sends a thumbnail as soon as it is made.
func (h *Attachments) drawn(w http.ResponseWriter, r *http.Request, open func() (*files.Opened, error)) error {
	for begun := time.Now(); ; {
		file, err := open()
		if err != nil {
			return err
		}
		if file != nil {
			return h.send(w, r, file, "private, max-age=3600")
		}
		if time.Since(begun) > thumbnailFor {
			return fault.New(fault.Unavailable, "This picture is still being made.")
		}
		select {
		case <-r.Context().Done():
			return r.Context().Err()
		case <-time.After(thumbnailFor / 20):
		}
	}
}

// send answers with a file as what it is and as nothing else: no browser looks for another type in it, and what it would
// draw of it by itself stands in a sandbox in which nothing runs and nothing is loaded.
func (h *Attachments) send(w http.ResponseWriter, r *http.Request, file *files.Opened, cache string) error {
	defer func() { _ = file.Close() }() // it was only read
	if err := allowTime(w, fetchFor); err != nil {
		return err
	}
	way := "attachment"
	if file.Inline {
		way = "inline"
	}
	head := w.Header()
	head.Set("Content-Type", file.Type)
	head.Set("Content-Disposition", mime.FormatMediaType(way, map[string]string{"filename": file.Name}))
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'none'; sandbox")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cache-Control", cache)
	head.Set("Vary", "Cookie")
	head.Set("ETag", `"`+file.Tag+`"`)
	head.Set("No-Gzip-Compression", "1") // a part of what is compressed is no part of the file
	http.ServeContent(w, r, "", file.At.Truncate(time.Second), file)
	return nil
}

// Sign makes a link to a file that needs no signing in, and shows it.
func (h *Attachments) Sign(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, id, err := pathAttachment(r)
	if err != nil {
		return err
	}
	token, name, err := h.Files.Sign(r.Context(), s, files.Place{Key: key, Number: number}, id)
	if err != nil {
		return err
	}
	text := ui.T(r.Context(), "For an hour whoever has this link opens %s: %s", name, h.URL+"/files/"+token)
	if IsHX(r) {
		return h.Render(w, r, http.StatusOK, ui.ToastPart(ui.Flash{Kind: "keep", Text: text}))
	}
	h.Flash(w, r, text)
	return h.Redirect(w, r, ticketURL(s, key, number))
}

// ShowSigned sends the file that a link was signed for, to whoever has the link.
func (h *Attachments) ShowSigned(w http.ResponseWriter, r *http.Request) error {
	file, err := h.Files.OpenSigned(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	file.Inline = false
	return h.send(w, r, file, "private, no-store")
}

// Remove takes a file away.
func (h *Attachments) Remove(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, id, err := pathAttachment(r)
	if err != nil {
		return err
	}
	a, err := h.Projects.Detach(r.Context(), s, key, number, id)
	if err != nil {
		return err
	}
	text, undo := ui.T(r.Context(), "%s is removed.", a.Name), attachmentURL(s, key, number, id)+"/restore"
	if IsHX(r) {
		return h.Render(w, r, http.StatusOK, ui.ToastPart(ui.Flash{Text: text, UndoURL: undo}))
	}
	h.FlashUndo(w, r, text, undo)
	return h.Redirect(w, r, ticketURL(s, key, number))
}

// Restore brings back a file that was taken away.
func (h *Attachments) Restore(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, id, err := pathAttachment(r)
	if err != nil {
		return err
	}
	a, err := h.Projects.Reattach(r.Context(), s, key, number, id)
	if err != nil {
		return err
	}
	h.Flash(w, r, ui.T(r.Context(), "%s is back.", a.Name))
	return h.Redirect(w, r, ticketURL(s, key, number))
}

func pathAttachment(r *http.Request) (key string, number int, id uuid.UUID, err error) {
	if key, number, err = pathTicket(r); err == nil {
		id, err = PathID(r, "id")
	}
	return key, number, id, err
}

func attachmentURL(s scope.Scope, key string, number int, id uuid.UUID) string {
	return ui.ProjectPath(s.Slug, key, "tickets", strconv.Itoa(number), "attachments", id.String())
}
