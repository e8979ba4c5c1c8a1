package db

import "github.com/google/uuid"

// Doc is one row as Postgres wrote it in JSON, for the copy of their data that people get.
type Doc struct {
	ID  uuid.UUID // pages go on after it
	Doc []byte
}
