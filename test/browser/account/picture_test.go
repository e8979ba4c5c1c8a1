package account

import (
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"plinth/test/browser/chrome"
	"plinth/test/program"
)

// photo writes a JPEG file that is a little wider than high.
func photo(t *testing.T, name string, tone uint8) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 900, 600))
	for y := range 600 {
		for x := range 900 {
			img.SetRGBA(x, y, color.RGBA{tone, uint8(x / 4), uint8(y / 3), 255})
		}
	}
	path := filepath.Join(t.TempDir(), name)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(file, img, nil); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// drawn says whether a picture that the selector finds was loaded and fills its place.
func (w *walk) drawn(css string) bool {
	return w.Truth(`[...document.querySelectorAll("` + css + `")].some((i) => i.complete && i.naturalWidth > 0 && i.offsetWidth === i.parentElement.offsetWidth)`)
}

// A picture is chosen, too large a one is refused with words, and what is typed into the other forms stays. The same
// without JavaScript, where the page comes anew.
func TestPictureJourney(t *testing.T) {
	app := program.Dev(t, program.Folder(t))
	l := owner(t, app)
	first, second := photo(t, "first.jpg", 200), photo(t, "second.jpg", 20)
	heavy := filepath.Join(t.TempDir(), "heavy.jpg")
	if err := os.WriteFile(heavy, make([]byte, 9<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	const face, large, field = "#my-face img", "#picture-part .face.xl img", "#picture"
	for _, o := range []chrome.Options{{Width: 1440, Height: 900}, {Width: 390, Height: 844, Dark: true}, {NoScript: true}} {
		o.Allow = []string{"413", "422", "404"}
		w := newWalk(t, app, o)
		w.password(l)
		w.At("/account/security")
		w.Open("/account")
		w.Until("her picture is shown", func() bool { return w.drawn(face) && w.drawn(large) })
		w.Fill("Name", "Dana W.")
		w.Attach(field, heavy)
		w.Click("Save the picture")
		w.See("This file is larger than 5 MB")
		if !o.NoScript {
			w.look("picture-refused")
		}
		w.Attach(field, first)
		w.Click("Save the picture")
		w.See("Your picture is saved.")
		w.Until("the new picture is shown", func() bool { return w.drawn(face) && w.drawn(large) })
		if typed := w.Value("Name"); !o.NoScript && typed != "Dana W." {
			t.Errorf("what was typed into the other form has become %q", typed)
		}
		if !o.NoScript {
			w.look("picture")
		}
		w.Click("Remove the picture")
		w.See("Your picture is removed.")
		if w.drawn(face) {
			t.Error("the picture is shown after it was removed")
		}
		w.Attach(field, second)
		w.Click("Save the picture")
		w.See("Your picture is saved.") // which may still stand there from before
		w.Until("the second picture is shown", func() bool { return w.drawn(face) && w.drawn(large) })
		w.Fits()
	}

	// Where a picture does not come, the letters are seen.
	if err := os.RemoveAll(filepath.Join(app.Dir, ".plinth", "files", "people")); err != nil {
		t.Fatal(err)
	}
	w := newWalk(t, app, chrome.Options{Allow: []string{"404"}})
	w.password(l)
	w.At("/account/security")
	w.Open("/account")
	w.look("picture-missing")
	if w.drawn(face) || !w.Truth(`document.querySelector("#my-face .face").innerText.trim() === "DW"`) {
		t.Error("the letters are not there where the picture does not come")
	}
}
