package demo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/picture"
	"plinth/internal/scope"
	"plinth/internal/users"
)

// side is that of the demo's images: half of what is kept, which is drawn in a quarter of the time and has softer edges.
const side = picture.Large / 2

// shape is an image of two colours, and perhaps a third; in tells for a place, from -1 to 1 both ways, which of them it
// has.
type shape struct {
	colours [3]color.RGBA
	in      func(x, y float64) int
}

// shapes are the pictures of three people of Acme.
func shapes() map[string]shape {
	return map[string]shape{
		"dana": {[3]color.RGBA{{233, 226, 210, 255}, {31, 110, 104, 255}, {214, 158, 74, 255}}, func(x, y float64) int { // a sun over hills
			switch {
			case y > 0.35+0.25*x*x-0.3*x:
				return 1
			case (x-0.25)*(x-0.25)+(y+0.25)*(y+0.25) < 0.12:
				return 2
			}
			return 0
		}},
		"mira": {[3]color.RGBA{{98, 52, 110, 255}, {240, 214, 224, 255}, {214, 128, 160, 255}}, func(x, y float64) int { // petals
			for _, p := range [][2]float64{{0, -0.42}, {0.4, -0.13}, {0.25, 0.34}, {-0.25, 0.34}, {-0.4, -0.13}} {
				if (x-p[0])*(x-p[0])+(y-p[1])*(y-p[1]) < 0.075 {
					return 1
				}
			}
			if x*x+y*y < 0.05 {
				return 2
			}
			return 0
		}},
		"jun": {[3]color.RGBA{{36, 78, 122, 255}, {126, 182, 220, 255}, {244, 246, 248, 255}}, func(x, y float64) int { // a mountain
			slope := y + 0.35 - 1.1*max(x, -x)
			switch {
			case slope > 0 && y < -0.02+0.12*max(x, -x)*4:
				return 2
			case slope > 0:
				return 1
			}
			return 0
		}},
	}
}

// logo is that of Acme: a joint of a robot.
func logo() shape {
	return shape{[3]color.RGBA{{22, 84, 80, 255}, {238, 233, 220, 255}, {206, 146, 62, 255}}, func(x, y float64) int {
		ring := x*x + y*y
		switch {
		case ring < 0.05:
			return 2
		case ring < 0.2 || x > -0.16 && x < 0.16 && y > 0 && y < 0.75 || y > -0.16 && y < 0.16 && x > 0 && x < 0.75:
			return 1
		}
		return 0
	}}
}

// draw makes a file of a shape.
func (s shape) draw() ([]byte, error) {
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{s.colours[0], s.colours[1], s.colours[2]})
	for y := range side {
		for x := range side {
			img.SetColorIndex(x, y, uint8(s.in(float64(2*x-side)/side, float64(2*y-side)/side)))
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("draw a picture: %w", err)
	}
	return out.Bytes(), nil
}

// pictures gives three people a picture, and the organization a logo, unless they have one.
func (s Seed) pictures(ctx context.Context, conn *pgx.Conn, team map[string]scope.Scope) error {
	boss := team["dana"]
	set := func(what, there string, owner uuid.UUID, of shape, put func(users.PictureForm) error) error {
		var done bool
		if err := conn.QueryRow(ctx, there, owner).Scan(&done); err != nil || done {
			return err
		}
		sent, err := of.draw()
		if err == nil {
			err = put(users.PictureForm{ID: id(what, 0), Data: sent})
		}
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	}
	for key, shape := range shapes() {
		person := team[key].Person
		err := set("picture of "+key, `select picture <> '' from users where id = $1`, person.ID, shape, func(f users.PictureForm) error {
			_, err := s.Pictures.Set(ctx, person, f, users.From{})
			return err
		})
		if err != nil {
			return err
		}
	}
	return set("logo", `select logo <> '' from tenants where id = $1`, boss.TenantID, logo(), func(f users.PictureForm) error {
		_, err := s.Tenants.SetLogo(ctx, boss, f)
		return err
	})
}
