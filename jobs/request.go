package jobs

import (
	"context"
	"encoding/json"

	"github.com/riverqueue/river"

	"plinth/internal/telemetry"
)

type requestKey struct{}

// WithRequest lets what a job does carry the id of the request that has caused it.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// RequestOf is the id of the request that is served, or that caused the job that is worked; "" of neither.
func RequestOf(ctx context.Context) string {
	if id, ok := ctx.Value(requestKey{}).(string); ok {
		return id
	}
	return telemetry.TraceFrom(ctx).RequestID
}

// kept is what River keeps of a job beside its arguments.
type kept struct {
	Request string `json:"request,omitempty"`
}

// RequestIn reads the request from what River keeps of a job.
func RequestIn(metadata []byte) string {
	var k kept
	_ = json.Unmarshal(metadata, &k) // what is not there is no request
	return k.Request
}

// opts adds the request to what the kind says of itself; nil when there is none.
func opts(id string) *river.InsertOpts {
	if id == "" {
		return nil
	}
	text, err := json.Marshal(kept{Request: id})
	if err != nil {
		return nil // a string can be written
	}
	return &river.InsertOpts{Metadata: text}
}
