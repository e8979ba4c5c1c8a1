package stripesim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Fault is an API failure made on purpose.
type Fault struct {
	Method string // empty: any
	Path   string // prefix of the path, such as /v1/subscriptions; empty: any
	Status int    // HTTP status of the answer; 0: the connection is dropped without one
	Code   string // Stripe's error code, such as lock_timeout
	Times  int    // how many requests fail; 0: until ClearFaults
	Wait   time.Duration
	// AfterCarryingOut loses only the answer: the request has its effect.
	AfterCarryingOut bool
	// Kept remembers the answer for the request's idempotency key, as Stripe does with errors of its own and with refusals
	// that come while it carries an order out.
	Kept bool
}

// InjectFault makes matching API requests fail. Faults are tried in the order they were added.
func (s *Sim) InjectFault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// ClearFaults ends all injected API failures.
func (s *Sim) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Sim) takeFault(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Method != "" && f.Method != r.Method || !strings.HasPrefix(r.URL.Path, f.Path) {
			continue
		}
		if f.Times == 1 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		} else if f.Times > 1 {
			s.faults[i].Times--
		}
		return &f
	}
	return nil
}

func (s *Sim) answerFault(w http.ResponseWriter, r *http.Request, f *Fault) {
	if f.Wait > 0 {
		pause := time.NewTimer(f.Wait)
		defer pause.Stop()
		select {
		case <-r.Context().Done():
		case <-pause.C:
		}
	}
	if f.Status == 0 {
		panic(http.ErrAbortHandler) // drops the connection, by net/http's contract
	}
	writeReply(w, f.reply())
}

func (f *Fault) reply() reply {
	kind := "api_error"
	if f.Status < 500 {
		kind = "invalid_request_error"
	}
	return errorReply(&apiError{status: f.Status, Type: kind, Code: f.Code, Message: "This failure was asked for."})
}

// Pin makes every read of this id answer the given JSON object until Unpin, whatever the state says.
// Tests use it to show the app states that no honest history leads to.
func (s *Sim) Pin(id string, object json.RawMessage) error {
	pinned := obj{}
	if err := json.Unmarshal(object, &pinned); err != nil {
		return fmt.Errorf("pinning %s: %w", id, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.Pinned[id] = pinned
	s.touched()
	return nil
}

// Unpin ends a Pin.
func (s *Sim) Unpin(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.st.Pinned, id)
	s.touched()
}

// pinned answers a read of a pinned id, which need not exist otherwise.
func (s *Sim) pinned(r *http.Request) obj {
	id := r.PathValue("id")
	if object, ok := s.st.Pinned[id]; ok && r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/"+id) {
		return toObj(object)
	}
	return nil
}

func (s *Sim) withPins(out obj) obj {
	if len(s.st.Pinned) == 0 {
		return out
	}
	if id, ok := out["id"].(string); ok {
		if pinned, ok := s.st.Pinned[id]; ok {
			return toObj(pinned)
		}
	}
	if data, ok := out["data"].([]any); ok {
		for i, member := range data {
			if row, ok := member.(obj); ok {
				data[i] = s.withPins(row)
			}
		}
	}
	return out
}
