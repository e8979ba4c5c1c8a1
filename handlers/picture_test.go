package handlers_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/users"
	"plinth/test/webtest"
)

var ownPicture = regexp.MustCompile(`/account/picture/[a-z2-7]{26}-(64|256)\.(png|jpg)`)

// theirOwn are the addresses of a person's picture on a page, small and large.
func theirOwn(t *testing.T, page *webtest.Page) (small, large string) {
	t.Helper()
	for _, src := range page.Images() {
		if m := ownPicture.FindStringSubmatch(src); m != nil && m[1] == "64" {
			small = src
		} else if m != nil {
			large = src
		}
	}
	if small == "" || large == "" {
		t.Fatalf("the page shows %q", page.Images())
	}
	return small, large
}

// kept are the files of a site under a prefix.
func kept(t *testing.T, s *webtest.Site, prefix string) []string {
	t.Helper()
	files, err := blob.Open(string(s.App.Config.BlobURL))
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	if err := files.Each(t.Context(), prefix, func(key string) error { keys = append(keys, key); return nil }); err != nil {
		t.Fatal(err)
	}
	return keys
}

// noted counts what happened to any account.
func noted(t *testing.T, s *webtest.Site, action string) int {
	t.Helper()
	var n int
	if err := dbtest.At(t, s.Database.Super).QueryRow(t.Context(), `select count(*) from account_events where action = $1`, action).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPicture(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana Whitfield", dana)
	page := b.Get("/account").Want(200)
	if len(page.Images()) > 0 || page.HasForm("/account/picture/remove") {
		t.Errorf("nobody has a picture, and there is %q", page.Images())
	}
	page.Upload("/account/picture", webtest.PNG(t, 1)).Want(200).At("/account").Says("Your picture is saved.")
	page.Upload("/account/picture", webtest.PNG(t, 1)).Want(200) // the second press of the button
	if n := noted(t, s, users.PictureChanged); n != 1 {
		t.Errorf("a form sent twice changed the picture %d times", n)
	}
	first, large := theirOwn(t, b.Get("/account"))
	for path, side := range map[string]int{first: 64, large: 256} {
		img, _, err := image.Decode(strings.NewReader(b.Get(path).Want(200).Body))
		if err != nil || img.Bounds().Dx() != side || img.Bounds().Dy() != side {
			t.Errorf("%s: %v, %v", path, img, err)
		}
	}

	// For htmx the answer is the part about the picture, the face in the bar, and a line.
	form := b.Get("/account").Form("/account/picture")
	piece := b.Upload("/account/picture", form, webtest.PNG(t, 2), http.Header{"Hx-Request": {"true"}}).Want(200).Says("Your picture is saved.")
	second, _ := theirOwn(t, piece)
	if piece.HasForm("/account/password") || !strings.Contains(piece.Body, `hx-target="#my-face"`) || second == first {
		t.Errorf("the piece is %s", piece.Body)
	}
	b.Get(first).Want(404) // at once, whatever becomes of the file
	s.Settle(t)
	if left := kept(t, s, "people/"); len(left) != 2 || !slices.ContainsFunc(left, func(key string) bool { return strings.HasSuffix(key, second[len("/account/picture"):]) }) {
		t.Errorf("kept: %q", left)
	}

	b.Get("/account").Submit("/account/picture/remove").Want(200).At("/account").Says("Your picture is removed.")
	b.Post("/account/picture/remove", url.Values{}).Want(200) // there is none
	if n := noted(t, s, users.PictureRemoved); n != 1 || len(b.Get("/account").Images()) > 0 {
		t.Errorf("removed %d times", n)
	}
	b.Get(second).Want(404)
	s.Settle(t)
	if left := kept(t, s, "people/"); len(left) > 0 {
		t.Errorf("kept after the picture was removed: %q", left)
	}
}

func TestPictureIsSentAsNothingElse(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana Whitfield", dana)
	page := b.Get("/account").Upload("/account/picture", webtest.PNG(t, 1))
	_, path := theirOwn(t, page)
	got := b.Get(path).Want(200)
	for name, want := range map[string]string{
		"Content-Type": "image/png", "Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff",
		"Cache-Control": "private, max-age=31536000, immutable", "ETag": `"` + path[strings.LastIndex(path, "/")+1:] + `"`, "Content-Encoding": "",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
		}
	}
	again := b.Request(http.MethodGet, path, nil, http.Header{"If-None-Match": {got.Header.Get("ETag")}, "Accept-Encoding": {"gzip, zstd"}})
	if again.Status != http.StatusNotModified || again.Body != "" {
		t.Errorf("asked again: %d with %d bytes", again.Status, len(again.Body))
	}
	if coded := b.Request(http.MethodGet, path, nil, http.Header{"Accept-Encoding": {"gzip, zstd"}}); coded.Body != got.Body {
		t.Error("the picture is compressed once more")
	}
}

func TestPictureRefused(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana Whitfield", dana)
	whole := webtest.PNG(t, 1)
	file := func(name, kind string, data []byte) webtest.File {
		return webtest.File{Field: "picture", Name: name, Type: kind, Data: data}
	}
	bomb := bytes.Clone(whole.Data[:33])
	binary.BigEndian.PutUint32(bomb[16:], 30_000)
	binary.BigEndian.PutUint32(bomb[20:], 30_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for name, c := range map[string]struct {
		file   webtest.File
		status int
		want   string
	}{
		"nothing chosen":       {file("", "application/octet-stream", nil), 422, "Choose a picture first"},
		"text with its name":   {file("me.png", "image/png", []byte("just words")), 422, "not a picture of a kind"},
		"SVG":                  {file("me.svg", "image/svg+xml", []byte("<svg/>")), 422, "not a picture of a kind"},
		"half a file":          {file("me.png", "image/png", whole.Data[:len(whole.Data)/2]), 422, "cannot be read"},
		"a bomb":               {file("me.png", "image/png", bomb), 422, "more than 25 megapixels"},
		"too large":            {file("me.png", "image/png", append(bytes.Clone(whole.Data), make([]byte, users.MaxPicture)...)), 413, "larger than 5 MB"},
		"far too large":        {file("me.png", "image/png", make([]byte, 33<<20)), 413, "larger than 5 MB"},
		"in the field of none": {webtest.File{Field: "other", Name: "me.png", Type: "image/png", Data: whole.Data}, 422, "Choose a picture first"},
	} {
		page := b.Get("/account").Upload("/account/picture", c.file).Want(c.status).Says(c.want)
		if !strings.Contains(page.Body, `id="picture-e"`) || !page.HasForm("/account/password") || page.Form("/account/picture").Get("id") == "" {
			t.Errorf("%s: the form with the error is not there", name)
		}
		form := b.Get("/account").Form("/account/picture")
		if piece := b.Upload("/account/picture", form, c.file, http.Header{"Hx-Request": {"true"}}).Says(c.want); piece.Status != c.status || piece.HasForm("/account/password") {
			t.Errorf("%s: the piece is answered with %d", name, piece.Status)
		}
	}
	if left := kept(t, s, "people/"); len(left) > 0 {
		t.Errorf("kept of what was refused: %q", left)
	}
	b.Post("/account/picture", url.Values{"id": {uuid.NewString()}, "picture": {"text"}}).Want(422).Says("did not arrive as a whole")
	b.Upload("/account/picture", nil, whole, nil).Want(422).Says("This form is incomplete")
	b.Get("/account").Upload("/account/picture", file("notes.txt", "text/plain", whole.Data)).Want(200).Says("Your picture is saved.")
}

// The limit is on images, not on those that were good: each costs the processor something.
func TestPicturesAreThrottled(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana Whitfield", dana)
	form := b.Get("/account").Form("/account/picture")
	for range 31 {
		b.Upload("/account/picture", form, webtest.File{Field: "picture", Name: "a", Type: "b", Data: []byte("c")}, nil).Want(422)
	}
	b.Upload("/account/picture", form, webtest.PNG(t, 1), nil).Want(429).Says("Too many attempts")
}

func TestWhoSeesAPicture(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme Robotics")
	max, gil := s.Account(t, "Max", "max@example.com"), s.Account(t, "Gil", "gil@example.com")
	s.Join(t, owner, max, scope.Member)
	s.Join(t, owner, gil, scope.Guest)
	other := s.Org(t, s.Account(t, "Olga", "olga@example.com"), "other", "Other")
	own := s.SignIn(t, dana)
	_, path := theirOwn(t, own.Get("/account").Upload("/account/picture", webtest.PNG(t, 1)))
	file := strings.TrimPrefix(path, "/account/picture/")
	in := func(slug string, id uuid.UUID) string {
		return "/orgs/" + slug + "/pictures/" + id.String() + "/" + file
	}
	hers := in("acme", owner.Person.ID)

	for _, email := range []string{dana, "max@example.com", "gil@example.com"} {
		s.SignIn(t, email).Get(hers).Want(200)
	}
	olga, member := s.SignIn(t, "olga@example.com"), s.SignIn(t, "max@example.com")
	alike := func(b *webtest.Browser, theirs, nobodys string) {
		t.Helper()
		one, two := b.Request(http.MethodGet, theirs, nil, nil).Want(404), b.Request(http.MethodGet, nobodys, nil, nil).Want(404)
		clean := func(p *webtest.Page, path string) string {
			id := p.Header.Get("X-Request-Id")
			body := regexp.MustCompile(`data-live-since="[^"]*"`).ReplaceAllString(p.Body, "") // the moment
			return strings.ReplaceAll(strings.ReplaceAll(body, id, "REQUEST"), path, "PATH")
		}
		if clean(one, theirs) != clean(two, nobodys) || len(one.Header) != len(two.Header) {
			t.Errorf("%s and %s are told apart", theirs, nobodys)
		}
	}
	alike(olga, hers, in("acme", uuid.New()))
	alike(olga, in("other", owner.Person.ID), in("other", uuid.New()))
	alike(olga, in("other", other.Person.ID), in("other", uuid.New())) // she has none
	alike(olga, path, "/account/picture/"+strings.Repeat("a", 26)+"-64.png")
	alike(member, in("acme", max.ID), in("acme", uuid.New()))
	alike(member, path, "/account/picture/"+strings.Repeat("a", 26)+"-64.png")
	member.Get("/orgs/acme/pictures/nobody/" + file).Want(404)
	s.Browser(t).Get(hers).At("/signin")
	s.Browser(t).Get(path).At("/signin")

	// Staff see it where they look after accounts, and nobody else looks there.
	_, staff := s.Staff(t, "Sam", "sam@example.com")
	standing := func(role string) {
		t.Helper()
		if _, err := dbtest.At(t, s.Database.Super).Exec(t.Context(), `update users set staff_role = `+role+` where email = 'sam@example.com'`); err != nil {
			t.Fatal(err)
		}
	}
	standing("null")
	office := "/admin/users/" + owner.Person.ID.String() + "/picture/" + file
	staff.Get(office).Want(404)
	standing("'full'")
	staff.Get(office).Want(200)
	alike(staff, "/admin/users/"+max.ID.String()+"/picture/"+file, "/admin/users/"+uuid.NewString()+"/picture/"+file)
	staff.Get("/admin/users/nobody/picture/" + file).Want(404)

	// Who is removed sees nothing on the next request, and is not seen any more.
	own.Post("/orgs/acme/people/"+max.ID.String()+"/remove", url.Values{}).Want(200)
	member.Get(hers).Want(404)
	_, his := theirOwn(t, member.Get("/account").Upload("/account/picture", webtest.PNG(t, 2)))
	own.Get("/orgs/acme/pictures/" + max.ID.String() + "/" + strings.TrimPrefix(his, "/account/picture/")).Want(404)
}

func TestLogo(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme Robotics")
	member := s.Account(t, "Max", "max@example.com")
	s.Join(t, owner, member, scope.Member)
	s.Org(t, s.Account(t, "Olga", "olga@example.com"), "other", "Other")
	b, max, olga := s.SignIn(t, dana), s.SignIn(t, "max@example.com"), s.SignIn(t, "olga@example.com")
	const settings, send = "/orgs/acme/settings", "/orgs/acme/settings/logo"

	page := b.Get(settings).Want(200)
	page.Upload(send, webtest.File{Field: "picture", Name: "logo.svg", Type: "image/svg+xml", Data: []byte("<svg/>")}).Want(422).Says("not a picture of a kind")
	page.Upload(send, webtest.File{Field: "picture", Name: "logo.png", Type: "image/png", Data: make([]byte, users.MaxPicture+1)}).Want(413).Says("larger than 5 MB")
	page.Upload("/orgs/acme/settings/logo", webtest.PNG(t, 1)).Want(200).At(settings).Says("The logo is saved.")
	page.Upload(send, webtest.PNG(t, 1)).Want(200) // the second press of the button
	first := logoOn(t, b.Get(settings))
	if got := logoOn(t, max.Get("/orgs/acme").Want(200)); got != first {
		t.Errorf("a member is shown %q", got)
	}
	max.Get(first).Want(200)
	max.Upload(send, page.Form(send), webtest.PNG(t, 3), nil).Want(403)
	max.Post("/orgs/acme/settings/logo/remove", nil).Want(403)
	olga.Get(first).Want(404)
	olga.Get(strings.Replace(first, "/acme/", "/other/", 1)).Want(404)
	s.Browser(t).Get(first).At("/signin")

	form := b.Get(settings).Form(send)
	piece := b.Upload(send, form, webtest.PNG(t, 2), http.Header{"Hx-Request": {"true"}}).Want(200).Says("The logo is saved.")
	second := logoOn(t, piece)
	if second == first || !strings.Contains(piece.Body, `hx-target="#org-switcher"`) || piece.HasForm("/orgs/acme/settings/address") {
		t.Errorf("the piece is %s", piece.Body)
	}
	max.Get(first).Want(404)
	s.Settle(t)
	if left := kept(t, s, "tenants/"+owner.TenantID.String()+"/logo/"); len(left) != 2 {
		t.Errorf("kept: %q", left)
	}

	// What is suspended is read and not changed.
	suspend := func(at string) {
		t.Helper()
		if _, err := dbtest.At(t, s.Database.Super).Exec(t.Context(), `update tenants set suspended_at = `+at+` where id = $1`, owner.TenantID); err != nil {
			t.Fatal(err)
		}
	}
	suspend("now()")
	b.Upload(send, form, webtest.PNG(t, 3), nil).Want(403).Says("suspended")
	b.Post("/orgs/acme/settings/logo/remove", nil).Want(403)
	b.Get(second).Want(200)
	suspend("null")

	b.Get(settings).Submit("/orgs/acme/settings/logo/remove").Want(200).At(settings).Says("The logo is removed.")
	b.Get(second).Want(404)
	b.Get("/orgs/acme/audit").Want(200).Says("changed the logo", "removed the logo")
	var n int
	err := dbtest.At(t, s.Database.Super).QueryRow(t.Context(), `select count(*) from events where action = $1`, tenants.LogoChanged).Scan(&n)
	if err != nil || n != 2 {
		t.Errorf("changed %d times: %v", n, err)
	}
	s.Settle(t)
	if left := kept(t, s, "tenants/"); len(left) > 0 {
		t.Errorf("kept after the logo was removed: %q", left)
	}
}

// logoOn is the address of the organization's logo on a page, in its small size.
func logoOn(t *testing.T, page *webtest.Page) string {
	t.Helper()
	for _, src := range page.Images() {
		if strings.HasPrefix(src, "/orgs/acme/logo/") && strings.Contains(src, "-64.") {
			return src
		}
	}
	t.Fatalf("no logo among %q", page.Images())
	return ""
}

// A copy of a person's data has their picture in it, and that of an organization its logo, as they are kept.
func TestPicturesAreInTheCopies(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme Robotics")
	b := s.SignIn(t, dana)
	if files := copied(t, s, b); files["account/picture.png"] != "" {
		t.Error("the copy of somebody without a picture has one")
	}
	_, large := theirOwn(t, b.Get("/account").Upload("/account/picture", webtest.PNG(t, 1)))
	logo := logoOn(t, b.Get("/orgs/acme/settings").Upload("/orgs/acme/settings/logo", webtest.PNG(t, 2)))
	if got := copied(t, s, b)["account/picture.png"]; got == "" || got != b.Get(large).Body {
		t.Errorf("the picture in the copy has %d bytes", len(got))
	}
	if got := exported(t, s, b)["logo.png"]; got == "" || got != b.Get(strings.Replace(logo, "-64.", "-256.", 1)).Body {
		t.Errorf("the logo in the copy has %d bytes", len(got))
	}
}

// A person's picture is shown wherever the person is, to others under the organization's address, and each of those
// addresses leads to it.
func TestPicturesAreShownWherePeopleAre(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme Robotics")
	s.Join(t, owner, s.Account(t, "Max", "max@example.com"), scope.Admin)
	s.Fill(t, owner, "WEB", 8)
	own := s.SignIn(t, dana)
	own.Get("/account").Upload("/account/picture", webtest.PNG(t, 1)).Want(200)
	own.Post("/orgs/acme/projects/WEB/members", url.Values{"user": {owner.Person.ID.String()}}).Want(200)
	max := s.SignIn(t, "max@example.com")
	hers := "/orgs/acme/pictures/" + owner.Person.ID.String() + "/"
	for _, path := range []string{
		"/orgs/acme", "/orgs/acme/people", "/orgs/acme/audit", "/orgs/acme/projects/WEB", "/orgs/acme/projects/WEB/tickets",
		"/orgs/acme/projects/WEB/board", "/orgs/acme/projects/WEB/tickets/1", "/orgs/acme/projects/WEB/settings",
	} {
		shown := 0
		for _, src := range max.Get(path).Want(200).Images() {
			if strings.HasPrefix(src, hers) {
				shown++
				max.Get(src).Want(200)
			}
		}
		if shown == 0 {
			t.Errorf("%s does not show her picture", path)
		}
		if images := own.Get(path).Want(200).Images(); !slices.ContainsFunc(images, func(src string) bool { return strings.HasPrefix(src, "/account/picture/") }) {
			t.Errorf("%s does not show her own picture to herself: %q", path, images)
		}
	}
}
