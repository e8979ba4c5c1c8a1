package webhooks

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"plinth/internal/events"
	"plinth/internal/outbound"
)

// docs/events.md is what the catalogue says. UPDATE_DOCS=1 writes it.
func TestEventsPageIsFresh(t *testing.T) {
	t.Parallel()
	const file = "../../docs/events.md"
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.WriteFile(file, []byte(Document()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != Document() {
		t.Error("docs/events.md is not what the catalogue says: UPDATE_DOCS=1 go test ./internal/webhooks -run TestEventsPageIsFresh")
	}
}

func TestExamplesAreWhole(t *testing.T) {
	t.Parallel()
	for _, typ := range events.Catalogue() {
		if !typ.Told {
			continue
		}
		var p Payload
		if err := json.Unmarshal([]byte(Example(typ).Pretty()), &p); err != nil {
			t.Fatalf("%s: %v", typ.Name, err)
		}
		comments := 0
		for _, c := range typ.Changes {
			if c.Field == events.AboutComment {
				comments++
			}
		}
		if p.Type != typ.Name || p.Version != typ.Version || p.Data.Object.Kind != typ.Object || len(p.Data.Changes)+comments != len(typ.Changes) || (p.Data.Comment != nil) != (comments > 0) {
			t.Errorf("%s: %+v", typ.Name, p)
		}
	}
}

func TestBackOff(t *testing.T) {
	t.Parallel()
	var sum time.Duration
	tries, last := 0, time.Duration(0)
	for ; sum < GiveUpAfter; tries++ {
		wait := backOff(tries + 1)
		if wait < last || wait > 6*time.Hour {
			t.Errorf("after %d failures it waits %v, before that %v", tries+1, wait, last)
		}
		sum, last = sum+wait, wait
	}
	if tries != 19 || backOff(0) != 5*time.Second {
		t.Errorf("%d tries within %v", tries, GiveUpAfter)
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answer outbound.Answer
		failed string
	}{
		{outbound.Answer{Status: 200}, ""}, {outbound.Answer{Status: 299}, ""},
		{outbound.Answer{Status: 302}, "It was answered with 302, which leads elsewhere, and is not followed."},
		{outbound.Answer{Status: 404}, "It was answered with 404 Not Found."}, {outbound.Answer{Status: 599}, "It was answered with 599."},
		{outbound.Answer{Status: 101}, "It was answered with 101 Switching Protocols."},
	} {
		var o outcome
		o.take(c.answer, nil)
		if o.failed != c.failed {
			t.Errorf("%d: %q", c.answer.Status, o.failed)
		}
	}
	long := kept([]byte(strings.Repeat("ä", maxKept) + "\x00"))
	if len(long) > maxKept+2 || !strings.HasPrefix(long, "ää") || kept([]byte("a\x00\xffb")) != "a\uFFFD\uFFFDb" {
		t.Errorf("kept %d bytes", len(long))
	}
}
