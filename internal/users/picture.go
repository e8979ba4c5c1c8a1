package users

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/limit"
	"plinth/internal/picture"
	"plinth/internal/scope"
	"plinth/internal/users/usersdb"
	"plinth/jobs"
)

// What is noted of a picture among the events of the account.
const (
	PictureChanged = "account.picture_changed"
	PictureRemoved = "account.picture_removed"
)

// Pictures are the operations on people's pictures. Its fields are set once, where the program is put together.
type Pictures struct {
	DB     *db.DB
	Queue  *jobs.Queue
	Limits *limit.Limiter
	Files  *picture.Pictures
}

// What handlers need to know of a form with a picture: the field it is sent in, and how large it may be, in bytes.
const (
	PictureField = picture.Field
	MaxPicture   = picture.MaxBytes
)

// PictureFile is a picture as it is sent to a browser.
type PictureFile = picture.Opened

// PictureTooLarge is the fault for a file beyond MaxPicture.
func PictureTooLarge(cause error) error { return picture.TooLarge(cause) }

// PictureForm is an image that was sent. ID is made when the form is shown, so that sending it twice makes one picture.
type PictureForm struct {
	ID   uuid.UUID
	Data []byte
}

// From says where a request comes from, for events.
type From struct {
	Address, Device, Request string
}

// Set makes the image the person's picture, and returns the picture's name. Faults are about the field of the form.
func (p *Pictures) Set(ctx context.Context, person scope.Person, f PictureForm, from From) (string, error) {
	if err := p.Limits.Take(ctx, PictureLimit(person.ID)); err != nil {
		return "", err
	}
	folder := picture.PersonFolder(person.ID)
	made, err := p.Files.Make(ctx, folder, f.ID, f.Data)
	if err != nil {
		return "", err
	}
	if err := p.Files.Keep(ctx, folder, made); err != nil {
		return "", err
	}
	return made.Name, p.put(ctx, person, made.Name, PictureChanged, from)
}

// Remove takes the person's picture away.
func (p *Pictures) Remove(ctx context.Context, person scope.Person, from From) error {
	return p.put(ctx, person, "", PictureRemoved, from)
}

// PictureLimit slows down whoever sends image after image: each is work for the processor.
func PictureLimit(person uuid.UUID) limit.Subject {
	return limit.Subject{Key: person.String(), Policy: limit.Policy{
		Name: "picture", Allowance: 30, Drain: 2 * time.Minute, First: 10 * time.Second, Longest: 5 * time.Minute,
	}}
}

func (p *Pictures) put(ctx context.Context, person scope.Person, name, action string, from From) error {
	q := usersdb.New()
	return p.DB.InPerson(ctx, person.ID, func(ctx context.Context, tx db.Tx) error {
		before, err := q.LockPicture(ctx, tx, person.ID)
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("read the picture in force: %w", err)
		}
		if before == name {
			return nil // the form was sent twice
		}
		if err := q.SetPicture(ctx, tx, usersdb.SetPictureParams{ID: person.ID, Picture: name}); err != nil {
			return fmt.Errorf("set the picture: %w", err)
		}
		_, err = events.AppendAccountTx(ctx, tx, events.AccountEvent{
			UserID: person.ID, ActorID: person.ID, Action: action, Person: map[string]string{"address": from.Address, "device": from.Device},
			RequestID: from.Request,
		})
		if err != nil {
			return err
		}
		return p.Queue.EnqueueTx(ctx, tx, jobs.TidyPictures{UserID: person.ID, Dropped: before})
	})
}

// Own opens a file of the person's own picture, of which the guard has read the name. NotFound when it is not of the
// picture in force.
func (p *Pictures) Own(ctx context.Context, person scope.Person, file string) (PictureFile, error) {
	return p.Files.Open(ctx, picture.PersonFolder(person.ID), person.Picture, file)
}

// Open opens a file of somebody's picture, for staff. NotFound when it is not of the picture in force.
func (p *Pictures) Open(ctx context.Context, userID uuid.UUID, file string) (PictureFile, error) {
	name, err := pictureOf(ctx, p.DB.Direct(), userID)
	if err != nil {
		return PictureFile{}, err
	}
	return p.Files.Open(ctx, picture.PersonFolder(userID), name, file)
}

// PictureKey is where the largest file of a person's picture lies, for their copy; "" when there is none.
func PictureKey(ctx context.Context, q usersdb.DBTX, userID uuid.UUID) (string, error) {
	name, err := pictureOf(ctx, q, userID)
	if err != nil || name == "" {
		return "", err
	}
	return picture.PersonFolder(userID) + picture.File(name, picture.Large), nil
}

// Tidy deletes the files of a person's picture that was dropped; a job calls it. Of an account that is gone nothing stays.
func (p *Pictures) Tidy(ctx context.Context, userID uuid.UUID, dropped string) error {
	current, err := pictureOf(ctx, p.DB.Direct(), userID)
	if err != nil {
		return err
	}
	return p.Files.Tidy(ctx, picture.PersonFolder(userID), current, dropped)
}

// pictureOf is the name of the picture in force; "" when there is none, nor an account.
func pictureOf(ctx context.Context, q usersdb.DBTX, userID uuid.UUID) (string, error) {
	name, err := usersdb.New().PictureOf(ctx, q, userID)
	if err != nil && !db.None(err) {
		return "", fmt.Errorf("read the picture in force: %w", err)
	}
	return name, nil
}
