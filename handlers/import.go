package handlers

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/transfer"
	"plinth/views"
	"plinth/views/ui"
)

// Imports serves what is brought into projects.
type Imports struct {
	*Base
	Transfer *transfer.Transfer
}

// MaxTable is the largest form with a table. One too large is read to its end, as far as a form may go, and not kept.
const MaxTable = transfer.MaxTable + 16<<20

// Index offers to bring a table into a project, and lists what came before.
func (h *Imports) Index(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	page, err := h.Transfer.ImportsPage(r.Context(), s, key)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.ProjectImports(s, page, h.Fresh(w, r, ui.ProjectPath(s.Slug, key, "import"))))
}

// Create takes a table in.
func (h *Imports) Create(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	page, err := h.Transfer.ImportsPage(r.Context(), s, key)
	if err != nil {
		return err
	}
	id, failed := h.receive(w, r, MaxTable, func(ctx context.Context, sent transfer.Sent) error { return h.Transfer.ReceiveTable(ctx, s, key, sent) })
	if failed != nil {
		return h.Again(w, r, failed, func(f ui.Form) templ.Component {
			f.Values = url.Values{"id": {newID()}} // what is sent next is something else
			return views.ProjectImports(s, page, f)
		})
	}
	return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "import", id.String()))
}

// receive reads a form with an id and a file behind it.
func (h *Imports) receive(w http.ResponseWriter, r *http.Request, most int64, keep func(context.Context, transfer.Sent) error) (uuid.UUID, error) {
	form := url.Values{}
	if !withFiles(r) {
		return uuid.Nil, fault.Field(transfer.FileField, "Choose a file first.")
	}
	r.Form, r.PostForm = form, form
	if r.ContentLength > most {
		return uuid.Nil, &fault.Error{Kind: fault.TooLarge, Fields: map[string]string{transfer.FileField: "This file is too large. Split it into smaller ones."}}
	}
	if err := allowTime(w, sendFor); err != nil {
		return uuid.Nil, err
	}
	r.Body = &patient{ReadCloser: r.Body, control: http.NewResponseController(w), until: time.Now().Add(sendFor)}
	parts, err := r.MultipartReader()
	if err != nil {
		return uuid.Nil, unreadFile(err)
	}
	sent := transfer.Sent{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return uuid.Nil, fault.Field(transfer.FileField, "Choose a file first.")
		}
		if err != nil {
			return uuid.Nil, unreadFile(err)
		}
		if part.FormName() != transfer.FileField || part.FileName() == "" {
			text, err := io.ReadAll(io.LimitReader(part, 64))
			if err != nil {
				return uuid.Nil, unreadFile(err)
			}
			if id, bad := uuid.ParseBytes(text); bad == nil && part.FormName() == "id" {
				sent.ID = id
			}
			continue
		}
		return sent.ID, h.keep(r.Context(), part, sent, keep)
	}
}

// keep hands a file on. One that is refused is read to its end: a browser shows no answer that comes while it still sends.
func (h *Imports) keep(ctx context.Context, part *multipart.Part, sent transfer.Sent, keep func(context.Context, transfer.Sent) error) error {
	sent.Name, sent.Body = part.FileName(), part
	err := keep(ctx, sent)
	if err == nil {
		return nil
	}
	_, rest := io.Copy(io.Discard, part)
	return unreadFile(errors.Join(err, rest))
}

func unreadFile(err error) error {
	var large *http.MaxBytesError
	switch {
	case fault.As(err) != nil:
		return fault.As(err)
	case asError(err, &large):
		return &fault.Error{Kind: fault.TooLarge, Fields: map[string]string{transfer.FileField: "This file is too large. Split it into smaller ones."}, Cause: err}
	}
	return fault.Wrap(fault.Invalid, "This form did not arrive as a whole. Please try again.", err)
}

// at reads which import of which project is meant.
func (h *Imports) at(r *http.Request) (string, uuid.UUID, error) {
	key, err := PathKey(r)
	if err != nil {
		return "", uuid.Nil, err
	}
	id, err := PathID(r, "id")
	return key, id, err
}

// Show shows an import: the question that it waits with, or how far it is. With throw in its address it asks before the file is
// thrown away.
func (h *Imports) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, id, err := h.at(r)
	if err != nil {
		return err
	}
	page, err := h.Transfer.ImportPage(r.Context(), s, key, id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.ProjectImport(s, page, asksToThrow(r)))
}

// UpdateColumns says what the columns of a table are: fields column, one for each; and has it looked through.
func (h *Imports) UpdateColumns(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[struct {
		Columns []transfer.Field `form:"column"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	return h.step(w, r, s, func(ctx context.Context, key string, id uuid.UUID) error {
		return h.Transfer.Check(ctx, s, key, id, f.Columns)
	})
}

// Remap goes back to the columns.
func (h *Imports) Remap(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	return h.step(w, r, s, func(ctx context.Context, key string, id uuid.UUID) error { return h.Transfer.Remap(ctx, s, key, id) })
}

// Start brings in what was looked through: fields status and person, one for each unknown word, and no_labels.
func (h *Imports) Start(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[transfer.Choices](h.Base, r)
	if err != nil {
		return err
	}
	return h.step(w, r, s, func(ctx context.Context, key string, id uuid.UUID) error { return h.Transfer.Start(ctx, s, key, id, f) })
}

// Resume goes on with an import that failed.
func (h *Imports) Resume(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	return h.step(w, r, s, func(ctx context.Context, key string, id uuid.UUID) error { return h.Transfer.Resume(ctx, s, key, id) })
}

// Undo takes an import back.
func (h *Imports) Undo(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	return h.step(w, r, s, func(ctx context.Context, key string, id uuid.UUID) error { return h.Transfer.Undo(ctx, s, key, id) })
}

func asksToThrow(r *http.Request) ui.Form {
	return ui.Form{Values: url.Values{"throw": r.URL.Query()["throw"]}}
}

// Throw deletes the file of an import.
func (h *Imports) Throw(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, id, err := h.at(r)
	if err != nil {
		return err
	}
	return h.throw(w, r, s, key, id, ui.ProjectPath(s.Slug, key, "import"))
}

// throw deletes the file of an import, and leads to the list of imports if nothing else is left of it.
func (h *Imports) throw(w http.ResponseWriter, r *http.Request, s scope.Scope, key string, id uuid.UUID, list string) error {
	gone, err := h.Transfer.ThrowAway(r.Context(), s, key, id)
	if err != nil {
		return err
	}
	if !gone {
		return h.Redirect(w, r, list+"/"+id.String())
	}
	h.Flash(w, r, "The file is thrown away.")
	return h.Redirect(w, r, list)
}

// step moves an import on and shows it.
func (h *Imports) step(w http.ResponseWriter, r *http.Request, s scope.Scope, move func(context.Context, string, uuid.UUID) error) error {
	key, id, err := h.at(r)
	if err != nil {
		return err
	}
	if failed := move(r.Context(), key, id); failed != nil {
		if fault.KindOf(failed) == fault.NotFound || fault.KindOf(failed) == fault.Denied {
			return failed
		}
		page, err := h.Transfer.ImportPage(r.Context(), s, key, id)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.ProjectImport(s, page, f) })
	}
	return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "import", id.String()))
}

// Problems sends the list of what is wrong with a table.
func (h *Imports) Problems(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, id, err := h.at(r)
	if err != nil {
		return err
	}
	file, err := h.Transfer.Problems(r.Context(), s, key, id)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	keptAs(w, "text/csv; charset=utf-8", key+"-import-problems.csv")
	if _, err := io.Copy(w, file); err != nil {
		h.Log.DebugContext(r.Context(), "client hung up", "error", err)
	}
	return nil
}
