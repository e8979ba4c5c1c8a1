package handlers

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/users"
)

// MaxUpload is the largest body of a form with a picture. A file beyond users.MaxPicture is read to its end and not kept,
// because a browser shows no answer that comes while it is still sending; what is beyond MaxUpload is not read.
const MaxUpload = 32 << 20

// uploadFor is how long sending a file may take, as over a poor line.
const uploadFor = 2 * time.Minute

// sentPicture reads a form with a picture, field by field as it arrives: of a file too large no more than what may be is
// ever held.
func sentPicture(w http.ResponseWriter, r *http.Request) (users.PictureForm, error) {
	var f users.PictureForm
	if r.ContentLength > MaxUpload {
		return f, users.PictureTooLarge(nil)
	}
	control := http.NewResponseController(w)
	for _, set := range []func(time.Time) error{control.SetReadDeadline, control.SetWriteDeadline} {
		if err := set(time.Now().Add(uploadFor)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return f, err
		}
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return f, unreadable(err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err == nil {
			err = readPart(part, &f)
		}
		if err != nil {
			return f, unreadable(err)
		}
	}
}

func readPart(part *multipart.Part, into *users.PictureForm) error {
	switch part.FormName() {
	case "id":
		text, err := io.ReadAll(io.LimitReader(part, 64))
		if id, bad := uuid.ParseBytes(text); bad == nil {
			into.ID = id
		}
		return err
	case users.PictureField:
		data, err := io.ReadAll(io.LimitReader(part, users.MaxPicture+1))
		if err != nil {
			return err
		}
		if len(data) > users.MaxPicture {
			if _, err := io.Copy(io.Discard, part); err != nil {
				return err
			}
			return users.PictureTooLarge(nil)
		}
		into.Data = data
	}
	return nil // other fields are not read
}

func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case fault.As(err) != nil:
		return err
	case asError(err, &tooLarge):
		return users.PictureTooLarge(err)
	}
	return fault.Wrap(fault.Invalid, "This form did not arrive as a whole. Please try again.", err)
}
