package auth

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", " \n,; ", nil},
		{"one", "ada@example.com", []string{"ada@example.com"}},
		{"commas, semicolons, blanks, lines", "a@x.com, b@x.com;c@x.com d@x.com\ne@x.com\tf@x.com", []string{"a@x.com", "b@x.com", "c@x.com", "d@x.com", "e@x.com", "f@x.com"}},
		{"with names", "Ada Lovelace <ada@x.com>, Bob <bob@x.com>", []string{"ada@x.com", "bob@x.com"}},
		{"a comma in a name", `"Okafor, Mira" <mira@x.com>; jun@x.com`, []string{"mira@x.com", "jun@x.com"}},
		{"names without separators", "Ada <ada@x.com> Bob <bob@x.com>\nJun Park <jun@x.com>", []string{"ada@x.com", "bob@x.com", "jun@x.com"}},
		{"a name beside a bare address", "a@x.com, Bob Hope <bob@x.com>", []string{"a@x.com", "bob@x.com"}},
		{"the same in other capitals", "a@x.com A@X.com Ada <a@x.com>", []string{"a@x.com"}},
		{"marks round it", "(a@x.com) 'b@x.com'. mailto:c@x.com <d@x.com>", []string{"a@x.com", "b@x.com", "c@x.com", "d@x.com"}},
		{"what is none", "nobody a@", []string{"nobody", "a@"}},
		{"an open bracket", "Ada <ada@x.com", []string{"Ada", "ada@x.com"}},
	} {
		if diff := cmp.Diff(c.want, Addresses(c.text)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

func FuzzAddresses(f *testing.F) {
	f.Add(`"Okafor, Mira" <mira@x.com>; jun@x.com`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, a := range Addresses(text) {
			if a == "" {
				t.Error("an empty address")
			}
		}
	})
}

func TestInvitationID(t *testing.T) {
	t.Parallel()
	form := uuid.Must(uuid.NewV7())
	make := func(form uuid.UUID, email string) uuid.UUID {
		id, err := invitationID(form, email)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	a := make(form, "a@x.com")
	if a != make(form, "a@x.com") || a == make(form, "b@x.com") || a == make(uuid.Must(uuid.NewV7()), "a@x.com") {
		t.Error("the id is not that of the form and the address")
	}
	if a.Version() != 7 || a.Variant() != uuid.RFC4122 || a.Time() != form.Time() {
		t.Errorf("%s is no UUIDv7 of the form's time", a)
	}
	if first, second := make(uuid.Nil, "a@x.com"), make(uuid.Nil, "a@x.com"); first == second {
		t.Error("two forms without an id make the same invitation")
	}
}
