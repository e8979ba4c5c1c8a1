// Package files attaches files to a ticket in Chromium: chosen, dropped and pasted.
package files

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/config"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/test/browser/chrome"
	"plinth/test/webtest"
)

const ticket = "/orgs/acme/projects/WEB/tickets/1"

// desk is a site that answers a browser, with a ticket open in it.
type desk struct {
	*chrome.Page
	t     *testing.T
	site  *webtest.Site
	owner scope.Scope
	shot  string
}

func newDesk(t *testing.T, shot string, o chrome.Options) *desk {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.Base = "http://" + listener.Addr().String()
	s := webtest.New(t, func(c *config.Config) { c.URL, c.FileMaxMB = o.Base, 2 })
	owner := s.Org(t, s.Account(t, "Dana Whitfield", "dana@example.com"), "acme", "Acme Robotics")
	if _, err := s.App.Projects.Create(t.Context(), owner, projects.NewProject{ID: uuid.Must(uuid.NewV7()), Name: "Website", Key: "WEB"}); err != nil {
		t.Fatal(err)
	}
	f := projects.NewTicket{ID: uuid.Must(uuid.NewV7()), Title: "Gripper stalls at 40 % torque", Body: "Since 2.8 it stops closing.\n\n- [ ] Reproduce on the bench"}
	if _, err := s.App.Projects.CreateTicket(t.Context(), owner, "WEB", f); err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: s.Handler}}
	server.Start()
	t.Cleanup(server.Close)
	d := &desk{Page: chrome.New(t, o), t: t, site: s, owner: owner, shot: shot}
	d.Open("/signin")
	d.Fill("E-mail", "dana@example.com")
	d.Fill("Password", webtest.Password)
	d.Press("main form button.btn-primary")
	d.See("Acme")
	d.Open(ticket)
	return d
}

// file writes a file of this machine to choose.
func (d *desk) file(name string, data []byte) string {
	d.t.Helper()
	path := filepath.Join(d.t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}

// photo is a picture that is seen to be one.
func (d *desk) photo(name string) string {
	d.t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 800, 500))
	for y := range 500 {
		for x := range 800 {
			img.SetRGBA(x, y, color.RGBA{uint8(60 + x/6), uint8(90 + y/5), 120, 255})
		}
	}
	path := filepath.Join(d.t.TempDir(), name)
	out, err := os.Create(path)
	if err == nil {
		err = png.Encode(out, img)
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return path
}

// arrived waits until so many pictures are among the files.
func (d *desk) arrived(n int) {
	d.t.Helper()
	d.Until("the pictures are there", func() bool { return d.Truth(fmt.Sprintf(`document.querySelectorAll(".shot").length === %d`, n)) })
}

func (d *desk) look(name string) {
	d.t.Helper()
	d.Fits()
	d.Shot(d.shot + "-" + name)
}

// hand gives the browser's own event a file, as dropping and pasting do.
const hand = `(() => {
	const canvas = Object.assign(document.createElement("canvas"), {width: 60, height: 40});
	canvas.getContext("2d").fillRect(0, 0, 30, 40);
	canvas.toBlob((blob) => {
		const data = new DataTransfer(), to = document.querySelector(%q);
		data.items.add(new File([blob], %q, {type: "image/png"}));
		if (to.focus) to.focus();
		const event = %q === "paste" ? new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
			: new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
		to.dispatchEvent(event);
	});
	return true;
})()`

func (d *desk) give(css, name, how string) {
	d.t.Helper()
	if !d.Truth(fmt.Sprintf(hand, css, name, how)) {
		d.t.Fatalf("%s was not given", name)
	}
}

func TestAttachFiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "files", chrome.Options{Width: 1440, Height: 900, Allow: []string{"status of 422", "/live?"}})
	d.Attach("#ticket-file", d.file("bench-e217.csv", []byte("torque;current\n0.4;1.92\n")))
	d.See("bench-e217.csv", "24 bytes")
	d.Attach("#ticket-file", d.photo("thermal-camera.png"))
	d.See("thermal-camera.png")
	d.give("main h1", "dropped.png", "drop")
	d.See("dropped.png")
	d.Attach("#ticket-file", d.file("firmware.bin", make([]byte, 2_000_001)))
	d.See("larger than 2 MB")
	d.Attach("#ticket-file", d.file("rx4.png", []byte("<html><script>alert(1)</script></html>")))
	d.See("is called .png and is a page")
	d.arrived(2)
	d.site.Settle(t)
	d.Until("the thumbnails are drawn", func() bool {
		return d.Truth(`[...document.querySelectorAll(".shot img")].length === 2 && [...document.querySelectorAll(".shot img")].every((i) => i.complete && i.naturalWidth > 0)`)
	})
	d.look("ticket")
	d.Axe()

	// Pasted into a comment: the text gets its place at once, and the comment waits for its files.
	d.Type("#body", "This is what I see:\n\n")
	d.give("#body", "screenshot.png", "paste")
	d.Until("the picture is in the text", func() bool {
		return d.Truth(`/!\[screenshot\.png\]\(\/orgs\/acme\/.*attachments/.test(document.querySelector("#body").value)`)
	})
	d.Attach("#draft-file", d.file("run.log", []byte("14:02:11.384 grip E217 stall\n")))
	d.See("run.log")
	d.look("composer")
	d.Axe()
	d.site.Settle(t)
	d.Click("Comment")
	d.See("This is what I see", "run.log")
	d.Until("the picture is in the comment", func() bool { return d.Truth(`document.querySelector(".md .picture img")?.naturalWidth === 60`) })
	d.look("comment")
	d.Open(ticket)
	d.Axe()

	d.Press(`#ticket-files .file:first-child form[action$="/link"] button`)
	d.See("whoever has this link opens bench-e217.csv")
	d.look("link")
	d.Press(`#ticket-files .file:first-child form[action$="/remove"] button`)
	d.See("bench-e217.csv is removed.")
	d.Until("its line is gone", func() bool { return d.Truth(`document.querySelectorAll("#ticket-files .file").length === 2`) })
	d.look("removed")
	d.Click("Undo")
	d.See("bench-e217.csv is back.")
}

// In the dialog of a new ticket: pasted into the description, chosen, refused, taken along when what was typed is brought
// back, and all of it there on the ticket that comes of it.
func TestAttachFilesToANewTicket(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "files-new", chrome.Options{Width: 1440, Height: 900, Allow: []string{"status of 422", "/live?"}})
	picture := `/!\[screenshot\.png\]\(\/orgs\/acme\/files\//.test(document.querySelector("#new-body").value)`
	d.Click("New ticket")
	d.See("New ticket in Website")
	d.Type("#new-body", "This is what I see:\n\n")
	d.give("#new-body", "screenshot.png", "paste")
	d.Until("the picture is in the text", func() bool { return d.Truth(picture) })
	d.Attach("#new-file", d.file("rx4.png", []byte("<html><script>alert(1)</script></html>")))
	d.See("is called .png and is a page")
	d.look("dialog")
	d.Axe()

	// Another tab has a draft of its own, and is not offered what is being written here.
	d.Until("another tab waits for the draft", func() bool {
		return d.Truth(`!!(window.other ??= open("/orgs/acme/projects/WEB/tickets/new")).document.querySelector("plinth-editor")?.key
			&& (navigator.locks.query().then((all) => { window.waits = all.pending.some((lock) => lock.name.startsWith("draft ")) }), window.waits === true)`)
	})
	drafts := func(text string, n int) {
		t.Helper()
		if !d.Truth(fmt.Sprintf(`((field) => {
			field.value = %q;
			field.dispatchEvent(new other.Event("input"));
			return other.document.querySelector("[data-offer]").hidden && Object.keys(localStorage).filter((key) => key.startsWith("draft ")).length === %d;
		})(other.document.querySelector("textarea"))`, text, n)) {
			t.Errorf("with %q in another tab there are not %d drafts, or one too many is offered", text, n)
		}
	}
	drafts("Something else", 2)
	drafts("", 1)
	d.Until("it is closed", func() bool { return d.Truth(`(other.close(), other.closed)`) })

	// The tab is closed. What was typed comes back, and the picture is the new form's.
	d.Open(ticket)
	d.Click("New ticket")
	d.See("You wrote something here")
	d.Press("dialog[open] [data-take]")
	d.Until("the picture is back", func() bool {
		return d.Truth(picture + ` && document.querySelectorAll("#new-files .shot").length === 1`)
	})
	d.Attach("#new-file", d.file("run.log", []byte("14:02:11.384 grip E217 stall\n")))
	d.See("run.log")
	d.Press(`#new-files li:last-child button`)
	d.See("run.log is removed.")
	d.Attach("#new-file", d.file("bench-e217.csv", []byte("torque;current\n")))
	d.Type("#new-title", "Gripper slips")
	d.Press("dialog[open] button.btn-primary")
	d.See("WEB-2", "Gripper slips", "bench-e217.csv")
	d.site.Settle(t)
	d.Open("/orgs/acme/projects/WEB/tickets/2")
	d.Until("the picture is in the description", func() bool { return d.Truth(`document.querySelector(".md .picture img")?.naturalWidth === 60`) })
	d.look("made")

	d.Open("/orgs/acme/projects/WEB/tickets/new")
	d.Attach("#file", d.photo("thermal-camera.png"))
	d.arrived(1)
	d.look("page")
	d.Axe()
}

func TestFilesOnAPhone(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "files-phone", chrome.Options{Width: 390, Height: 844, Dark: true, Allow: []string{"status of 422", "/live?"}})
	d.Attach("#ticket-file", d.photo("a-name-that-is-much-longer-than-what-fits-into-a-line-of-a-phone-in-any-language.png"))
	d.Attach("#ticket-file", d.file("a-log-that-is-much-longer-than-what-fits-into-a-line-of-a-phone-in-any-language.log", []byte("x")))
	d.See("a-log-that")
	d.Attach("#ticket-file", d.file("rx4.png", []byte("<html><script>alert(1)</script></html>")))
	d.See("is called .png and is a page")
	d.arrived(1)
	d.site.Settle(t)
	d.Open(ticket)
	d.Until("the thumbnail is drawn", func() bool { return d.Truth(`document.querySelector(".shot img")?.naturalWidth > 0`) })
	d.look("ticket")
	d.AxeContrast()
}

func TestFilesWithoutScript(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "files-plain", chrome.Options{Width: 390, Height: 844, NoScript: true, Allow: []string{"status of 422"}})
	d.Attach("#ticket-file", d.file("bench-e217.csv", []byte("torque;current\n")))
	d.look("chosen")
	d.Press("#files .send button")
	d.See("bench-e217.csv", "15 bytes")
	d.Attach("#ticket-file", d.file("rx4.png", []byte("<html><script>alert(1)</script></html>")))
	d.Press("#files .send button")
	d.See("is called .png and is a page")
	d.look("refused")
	d.Type("#body", "With a file")
	d.Attach("#draft-file", d.file("run.log", []byte("E217")))
	d.Press("#new-comment button.btn-primary")
	d.See("With a file", "run.log")
	d.look("comment")

	d.Open("/orgs/acme/projects/WEB/tickets/new")
	d.Attach("#file", d.file("bench-e217.csv", []byte("torque;current\n")))
	d.Press("main form button.btn-primary")
	d.See("Enter a title.", "bench-e217.csv")
	d.look("again")
	d.Type("#title", "Gripper slips")
	d.Attach("#file", d.file("run.log", []byte("E217")))
	d.Press(`main form button[name="remove"]`)
	d.See("run.log")
	d.Gone("bench-e217.csv")
	d.look("removed")
	d.Press("#title")
	d.Key("\r") // sends the form, and takes nothing more away
	d.See("WEB-2", "Gripper slips", "run.log")
}
