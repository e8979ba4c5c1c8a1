package ui

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	f := Form{
		Values: url.Values{"name": {"Dana"}, "roles": {"admin", "member"}, "password": {"secret words here"}},
		Errors: map[string]string{"name": "taken"},
	}
	if got := f.Value("name"); got != "Dana" {
		t.Errorf("Value = %q", got)
	}
	if got := f.Err("name"); got != "taken" {
		t.Errorf("Err = %q", got)
	}
	if !f.Has("roles", "member") || f.Has("roles", "owner") {
		t.Error("Has does not see the values sent")
	}
	in := f.In(Input{Name: "name", Value: "before"})
	if in.Value != "Dana" || in.Error != "taken" {
		t.Errorf("In = %+v", in)
	}
	if got := f.In(Input{Name: "password", Type: "password"}).Value; got != "" {
		t.Errorf("a password came back: %q", got)
	}
	if got := (Form{}).In(Input{Name: "name", Value: "before"}).Value; got != "before" {
		t.Errorf("an empty form lost the value: %q", got)
	}
}

func TestFormShowsAnEmptiedFieldEmpty(t *testing.T) {
	t.Parallel()
	f := Form{Values: url.Values{"name": {""}}}
	if got := f.In(Input{Name: "name", Value: "before"}).Value; got != "" {
		t.Errorf("a field that was emptied shows %q again", got)
	}
}

func TestFormFailed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		form Form
		want bool
	}{
		"empty":   {Form{}, false},
		"field":   {Form{Errors: map[string]string{"a": "x"}}, true},
		"summary": {Form{Summary: "x"}, true},
	}
	for name, tt := range tests {
		if got := tt.form.Failed(); got != tt.want {
			t.Errorf("%s: Failed = %v, want %v", name, got, tt.want)
		}
	}
}

func TestFormWrongFollowsThePage(t *testing.T) {
	t.Parallel()
	f := Form{Errors: map[string]string{"terms": "x", "password": "x", "email": "x", "age": "x"}}.Ordered("email", "password", "name")
	want := []string{"email", "password", "age", "terms"}
	if diff := cmp.Diff(want, f.wrong()); diff != "" {
		t.Error(diff)
	}
}

func TestFormHeadline(t *testing.T) {
	t.Parallel()
	one := Form{Errors: map[string]string{"a": "x"}}
	two := Form{Errors: map[string]string{"a": "x", "b": "y"}}
	for want, f := range map[string]Form{
		"One thing needs another look": one,
		"2 things need another look":   two,
		"Nobody answered":              {Summary: "Nobody answered", Errors: two.Errors},
	} {
		if got := f.headline(t.Context()); got != want {
			t.Errorf("headline = %q, want %q", got, want)
		}
	}
}

func TestOnceIsKeptAndElseNew(t *testing.T) {
	t.Parallel()
	kept := Form{Values: url.Values{"once": {"abc"}}}
	if got := kept.once(); got != "abc" {
		t.Errorf("once = %q, want the one sent", got)
	}
	if a, b := (Form{}).once(), (Form{}).once(); a == b || len(a) < 20 {
		t.Errorf("two forms have %q and %q", a, b)
	}
}

func TestOrFillsOnlyWhatWasNotSent(t *testing.T) {
	t.Parallel()
	stored := url.Values{"name": {"Acme"}}
	if got := (Form{}).Or(stored).Value("name"); got != "Acme" {
		t.Errorf("Or = %q, want the stored value", got)
	}
	sent := Form{Values: url.Values{"name": {"Ac"}}}
	if got := sent.Or(stored).Value("name"); got != "Ac" {
		t.Errorf("Or = %q, want what was typed", got)
	}
}
