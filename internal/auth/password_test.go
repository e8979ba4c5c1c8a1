package auth

import (
	"testing"
	"testing/synctest"
	"time"

	"plinth/internal/fault"
)

// With every place taken, whoever comes next is told so in time rather than left hanging.
func TestHashingIsNotWaitedForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher(1, Recommended())
		if err := h.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if _, err := h.Matches(t.Context(), "granite under a statue", ""); !fault.Is(err, fault.Unavailable) {
			t.Errorf("answered %v", err)
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("answered after %s", took)
		}
		h.leave()
		if ok, err := h.Matches(t.Context(), "granite under a statue", ""); ok || err != nil {
			t.Errorf("with a free place, and no hash: %t, %v", ok, err)
		}
	})
}
