package stripesim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// repliesKept is how long an idempotency key is remembered, as Stripe's 24 hours.
const repliesKept = 24 * time.Hour

// reply is an answer of the API, kept for as long as its idempotency key.
type reply struct {
	Status      int       `json:"status"`
	Body        []byte    `json:"body"`
	RequestID   string    `json:"request_id"`
	Fingerprint [2]string `json:"fingerprint"` // endpoint, parameters
	At          time.Time `json:"at"`
	replayed    bool
}

func fingerprint(r *http.Request, form url.Values) [2]string {
	sum := sha256.Sum256([]byte(form.Encode())) // Encode sorts by key
	return [2]string{r.Method + " " + r.URL.Path, hex.EncodeToString(sum[:])}
}

// replay answers a key that was used before: the same answer, or an error when the request differs.
func (s *Sim) replay(key string, print [2]string) (reply, bool) {
	old, ok := s.st.Replies[key]
	if !ok || s.cfg.Now().Sub(old.At) > repliesKept {
		return reply{}, false
	}
	if old.Fingerprint == print {
		old.replayed = true
		return old, true
	}
	same := "parameters"
	if old.Fingerprint[0] != print[0] {
		same = "endpoint"
	}
	return errorReply(&apiError{
		status: http.StatusBadRequest, Type: "idempotency_error",
		Message: fmt.Sprintf("Keys for idempotent requests can only be used with the same %s they were first used with. "+
			"Try using a key other than '%s' if you meant to execute a different request.", same, key),
	}), true
}

// remember keeps what was carried out. A request refused for its parameters changed nothing, so, as
// with Stripe, its key stays free.
func (s *Sim) remember(key string, result reply) {
	if key == "" {
		return
	}
	refused := result.Status >= 400 && result.Status < 500 && result.Status != http.StatusPaymentRequired
	if refused {
		return
	}
	now := s.cfg.Now()
	for other, old := range s.st.Replies {
		if now.Sub(old.At) > repliesKept {
			delete(s.st.Replies, other)
		}
	}
	result.At = now
	s.st.Replies[key] = result
}

// keepFault remembers an injected failure for the request's key, where that was asked for.
func (s *Sim) keepFault(r *http.Request, form url.Values, requestID string, f *Fault) {
	key := r.Header.Get("Idempotency-Key")
	if !f.Kept || f.Status == 0 || key == "" {
		return
	}
	result := f.reply()
	result.RequestID, result.Fingerprint = requestID, fingerprint(r, form)
	s.mu.Lock()
	defer s.mu.Unlock()
	result.At = s.cfg.Now()
	s.st.Replies[key] = result
}
