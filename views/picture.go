package views

import (
	"context"

	"github.com/a-h/templ"

	"plinth/views/ui"
)

// pictureBox describes the forms that change a picture: Action makes an image the picture, and Action/remove takes it
// away.
type pictureBox struct {
	Title, Action, Hint string
	Save, Remove        string // the texts of the buttons
	Has                 bool   // there is a picture in force
}

// pictureTypes are what a browser offers for choosing; what is taken the content decides.
const pictureTypes = "image/png,image/jpeg,image/gif,image/webp"

func pictureHint(ctx context.Context, b pictureBox) string {
	return b.Hint + " " + ui.T(ctx, "PNG, JPEG, GIF or WebP, 5 MB at most. The middle square is shown.")
}

func pictureAttrs(action string) templ.Attributes {
	return templ.Attributes{"hx-post": action, "hx-target": "#picture-part", "hx-swap": "outerHTML"}
}
