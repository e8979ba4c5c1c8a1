package handlers

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"plinth/internal/privacy"
	"plinth/internal/scope"
	"plinth/views"
)

// Privacy serves what people may ask for of their own data.
type Privacy struct {
	*Base
	Privacy *privacy.Privacy
}

const dataPath = "/account/data"

// Show says how far the copy of a person's data is.
func (h *Privacy) Show(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	export, err := h.Privacy.Newest(r.Context(), p)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.YourData(export, !p.EraseAt.IsZero(), h.Fresh(w, r, dataPath+"/export")))
}

// CreateExport begins a copy.
func (h *Privacy) CreateExport(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[struct {
		ID uuid.UUID `form:"id"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Privacy.StartExport(r.Context(), p, f.ID, from(r)); err != nil {
		return err
	}
	return h.Redirect(w, r, dataPath)
}

// Fetch sends a finished copy.
func (h *Privacy) Fetch(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	file, err := h.Privacy.Fetch(r.Context(), p, id, from(r))
	if err != nil {
		return err
	}
	return h.sendZIP(w, r, file)
}

// sendZIP sends a copy and closes it.
func (b *Base) sendZIP(w http.ResponseWriter, r *http.Request, file *privacy.File) error {
	defer func() { _ = file.Close() }() // it was only read
	head := w.Header()
	head.Set("Content-Type", "application/zip")
	if file.Size >= 0 {
		head.Set("Content-Length", strconv.FormatInt(file.Size, 10))
	}
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	head.Set("Cache-Control", "no-store")
	// A large file may take longer than the server lets an answer take.
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(fetchFor)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := io.Copy(w, file); err != nil {
		b.Log.WarnContext(r.Context(), "a copy was not sent to its end", "error", err)
		if file.Size < 0 {
			panic(http.ErrAbortHandler) // else what is missing at its end would not be noticed
		}
	}
	return nil
}

// fetchFor is how long fetching a copy may take.
const fetchFor = 30 * time.Minute

func from(r *http.Request) privacy.From {
	d := Device(r)
	return privacy.From{Address: d.Address, Device: d.Name(), Request: d.Request}
}
