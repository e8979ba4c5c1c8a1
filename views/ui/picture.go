package ui

import (
	"context"
	"strconv"
	"strings"
)

// The sides of a picture, in pixels: in rows, and on a page about one thing.
const (
	pictureSmall = 64
	pictureLarge = 256
)

// pictureFile is what the file of a picture in one of its sizes is called: of abc.png it is abc-64.png.
func pictureFile(name string, size int) string {
	stem, ext, _ := strings.Cut(name, ".")
	return stem + "-" + strconv.Itoa(size) + "." + ext
}

// pictureURL is where a person's picture is on the page that is shown: a person's own, in an organization that of its
// people, in the back-office anybody's. It is "" where there is none to show.
func pictureURL(ctx context.Context, id, name string, size int) string {
	nav := NavFrom(ctx)
	switch {
	case name == "" || id == "":
		return ""
	case id == nav.Person.ID:
		return "/account/picture/" + pictureFile(name, size)
	case nav.Org != nil:
		return OrgPath(nav.Org.Slug, "pictures", id, pictureFile(name, size))
	case nav.Person.Staff != "":
		return "/admin/users/" + id + "/picture/" + pictureFile(name, size)
	}
	return ""
}

// logoURL is where an organization's logo is; "" where there is none.
func logoURL(slug, name string, size int) string {
	if name == "" {
		return ""
	}
	return OrgPath(slug, "logo", pictureFile(name, size))
}
