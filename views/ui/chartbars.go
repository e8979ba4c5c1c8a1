package ui

// BarsBox describes a bar chart. Format writes the numbers of the axis; nil writes them as they are.
type BarsBox struct {
	ID, Title string
	Bars      []Bar
	Format    func(int64) string
}

// Bar is one value. Bad is a part that stands on top of it in the colour of failures; Strong marks the current one.
// Label may be "" to leave a place without a word.
type Bar struct {
	Label      string
	Value, Bad int64
	Strong     bool
}

type bars struct {
	left   string
	ticks  []flowTick
	rects  []barRect
	labels []axisLabel
}

type barRect struct{ class, x, width, y, height string }

const barsLeft = 6.0

func newBars(b BarsBox) bars {
	var most int64
	for _, bar := range b.Bars {
		most = max(most, bar.Value+bar.Bad)
	}
	c := bars{left: pct(barsLeft), ticks: plotTicks(most, b.Format)}
	scale := (plotBottom - plotTop) / float64(max(most, 1))
	step := (100 - barsLeft) / float64(max(len(b.Bars), 1))
	for i, bar := range b.Bars {
		x, width := barsLeft+float64(i)*step+step*0.15, step*0.7
		class := "soft"
		if bar.Strong {
			class = "down"
		}
		height := float64(bar.Value) * scale
		c.rects = append(c.rects, barRect{class, pct(x), pct(width), px(plotBottom - height), px(height)})
		if bar.Bad > 0 {
			bad := float64(bar.Bad) * scale
			c.rects = append(c.rects, barRect{"bad", pct(x), pct(width), px(plotBottom - height - bad), px(bad)})
		}
		if bar.Label != "" {
			c.labels = append(c.labels, axisLabel{pct(x + width/2), bar.Label, "middle"})
		}
	}
	return c
}
