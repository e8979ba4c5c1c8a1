package projects

import (
	"maps"
	"time"

	"github.com/google/uuid"

	"plinth/internal/events"
)

// newsFor is how long what has happened is news.
const newsFor = 3 * 24 * time.Hour

// quiet says that what is written is no news to anybody, as a seed's past is.
func (p *Projects) quiet() bool {
	return p.Now != nil && time.Since(p.Now()) > newsFor
}

// about names the comment that an event is about among its changes, from where those who are told of it know it.
func about(changes map[string][2]string, comment uuid.UUID) map[string][2]string {
	if comment == uuid.Nil {
		return changes
	}
	out := map[string][2]string{events.AboutComment: {"", comment.String()}}
	maps.Copy(out, changes)
	return out
}
