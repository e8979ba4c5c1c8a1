package handlers

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/scope"
)

// What a form with files may be: so many of the largest files at once, so much text, and so long to be sent. A browser
// shows no answer that comes while it is still sending, so a file too large is read to its end, as far as the form may go,
// and not kept.
const (
	filesAtOnce = 4
	maxText     = 1 << 20 // as much as other forms may have: what a description may, its page says
	sendFor     = 15 * time.Minute
	quietFor    = 30 * time.Second // without a byte, before whoever sends is taken for gone
)

// MaxBody is the largest form with files.
func (h *Attachments) MaxBody() int64 {
	if h == nil {
		return 0 // the table of routes is read without handlers
	}
	return filesAtOnce*h.Files.Most() + 2*maxText
}

// Receive reads a form of a ticket that may have files: they are kept as they come in, and its texts become the form of
// the request, as if there were no files. Number 0 is a ticket that is not there yet. draft names the field with the form
// of the comment or new ticket they are for; it must come before them. A form without files is left as it is. What was
// attached before something failed is attached.
func (h *Attachments) Receive(w http.ResponseWriter, r *http.Request, s scope.Scope, key string, number int, draft string) ([]files.Attachment, error) {
	if !withFiles(r) {
		return nil, nil
	}
	in := &incoming{form: url.Values{}}
	r.Form, r.PostForm = in.form, in.form
	if r.ContentLength > h.MaxBody() {
		return nil, tooMuch(nil)
	}
	if err := allowTime(w, sendFor); err != nil {
		return nil, err
	}
	r.Body = &patient{ReadCloser: r.Body, control: http.NewResponseController(w), until: time.Now().Add(sendFor)}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, notWhole(err)
	}
	in.keep = func(ctx context.Context, part *multipart.Part) (files.Attachment, error) {
		sent := files.Sent{Form: formID(in.form.Get("id")), Place: in.place(), Name: part.FileName(), Draft: formID(in.form.Get(draft))}
		if r.ContentLength > 0 {
			sent.Bytes = max(0, min(r.ContentLength-maxText-in.bytes(), h.Files.Most()))
		}
		if number == 0 {
			return h.Projects.AttachAhead(ctx, s, key, sent, part)
		}
		return h.Projects.Attach(ctx, s, key, number, sent, part)
	}
	err = in.read(r.Context(), parts)
	in.form.Set("place", strconv.Itoa(in.place())) // of the next one
	return in.made, errors.Join(in.failed, err)
}

// asksRemoval says whether a form was sent only to take one of its files away: field remove, the file's id. That it is
// gone already is as well.
func asksRemoval(r *http.Request, remove func(id uuid.UUID) (files.Attachment, error)) (bool, error) {
	if parse(r) != nil || r.PostForm.Get("remove") == "" {
		return false, nil
	}
	_, err := remove(formID(r.PostForm.Get("remove")))
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return true, err
}

func withFiles(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// textsOf reads the texts of a form that may have files, which are not kept: nobody is signed in whose they could be.
func textsOf(r *http.Request) error {
	if !withFiles(r) || r.PostForm != nil {
		return nil
	}
	in := &incoming{form: url.Values{}, failed: fault.New(fault.Unauthenticated, "")}
	r.Form, r.PostForm = in.form, in.form
	parts, err := r.MultipartReader()
	if err != nil {
		return notWhole(err)
	}
	return in.read(r.Context(), parts)
}

// incoming is a form as it is read.
type incoming struct {
	form   url.Values
	text   int
	made   []files.Attachment
	failed error // the first file that was not taken; the texts behind it are read all the same
	keep   func(context.Context, *multipart.Part) (files.Attachment, error)
}

func (in *incoming) read(ctx context.Context, parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = in.part(ctx, part)
		}
		if err != nil {
			return notWhole(err)
		}
	}
}

func (in *incoming) part(ctx context.Context, part *multipart.Part) error {
	if part.FormName() == files.Field {
		return in.file(ctx, part)
	}
	data, err := io.ReadAll(io.LimitReader(part, maxText+1))
	if err != nil {
		return err
	}
	if in.text += len(data); in.text > maxText || len(in.form) > 40 {
		return tooMuch(nil)
	}
	in.form.Add(part.FormName(), string(data))
	return nil
}

func (in *incoming) file(ctx context.Context, part *multipart.Part) error {
	if part.FileName() == "" {
		return nil // none was chosen
	}
	in.form.Set("name", files.CleanName(part.FileName()))
	switch {
	case in.failed != nil:
	case len(in.made) >= files.MostAtOnce:
		in.failed = fault.Field(files.Field, "Attach at most 20 files at once.")
	default:
		a, err := in.keep(ctx, part)
		if err == nil {
			in.made = append(in.made, a)
			return nil
		}
		in.failed = err
	}
	_, err := io.Copy(io.Discard, part)
	return err
}

// bytes is how much of the form was files that are attached by now.
func (in *incoming) bytes() int64 {
	var sum int64
	for _, a := range in.made {
		sum += a.Size
	}
	return sum
}

// place is which of the form's files the next one is. A form that has sent some already says with how many to begin.
func (in *incoming) place() int {
	from, err := strconv.ParseUint(in.form.Get("place"), 10, 16)
	if err != nil {
		from = 0
	}
	return int(from) + len(in.made)
}

// patient reads for as long as something comes, within what a form may take altogether.
type patient struct {
	io.ReadCloser
	control *http.ResponseController
	until   time.Time
}

func (p *patient) Read(b []byte) (int, error) {
	quiet := time.Now().Add(quietFor)
	if quiet.After(p.until) {
		quiet = p.until
	}
	if err := p.control.SetReadDeadline(quiet); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return p.ReadCloser.Read(b)
}

// allowTime lets an answer take so long, where the server would end it earlier.
func allowTime(w http.ResponseWriter, d time.Duration) error {
	err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(d))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

func tooMuch(cause error) error {
	return &fault.Error{Kind: fault.TooLarge, Fields: map[string]string{files.Field: "This is too much at once. Attach fewer or smaller files."}, Cause: cause}
}

func notWhole(err error) error {
	var large *http.MaxBytesError
	switch {
	case fault.As(err) != nil:
		return err
	case asError(err, &large):
		return tooMuch(err)
	}
	return fault.Wrap(fault.Invalid, "This form did not arrive as a whole. Please try again.", err)
}
