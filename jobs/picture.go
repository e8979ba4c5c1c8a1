package jobs

import "github.com/google/uuid"

// TidyPictures deletes the files of a person's picture that was replaced or removed.
type TidyPictures struct {
	UserID  uuid.UUID `json:"user_id"`
	Dropped string    `json:"dropped"`
}

// Kind names the job.
func (TidyPictures) Kind() string { return "tidy_pictures" }

// TidyLogos deletes the files of an organization's logo that was replaced or removed.
type TidyLogos struct {
	ForTenant
	Dropped string `json:"dropped"`
}

// Kind names the job.
func (TidyLogos) Kind() string { return "tidy_logos" }
