package ui

// MovesBox describes a chart of what came above the middle and what went below it. Format writes the numbers of the axis.
type MovesBox struct {
	ID, Title string
	Moves     []Move
	Format    func(int64) string
}

// Move is one place of the chart. Label may be "" to leave it without a word.
type Move struct {
	Label    string
	Up, Down int64
}

type moves struct {
	left   string
	bars   []flowBar
	ticks  []flowTick
	labels []axisLabel
}

func newMoves(b MovesBox) moves {
	most := int64(1)
	for _, m := range b.Moves {
		most = max(most, m.Up, m.Down)
	}
	c := moves{left: pct(barsLeft)}
	scale := flowReach / float64(most)
	step := (100 - barsLeft) / float64(max(len(b.Moves), 1))
	for i, m := range b.Moves {
		x, width := barsLeft+float64(i)*step+step*0.15, step*0.7
		up := float64(m.Up) * scale
		c.bars = append(c.bars, flowBar{x: pct(x), width: pct(width), y: px(flowMiddle - up), up: px(up), down: px(float64(m.Down) * scale)})
		if m.Label != "" {
			c.labels = append(c.labels, axisLabel{pct(x + width/2), m.Label, "middle"})
		}
	}
	if half := int64(roundBelow(int(most))); half > 0 && most > 1 {
		for _, n := range []int64{-half, half} {
			y := flowMiddle - float64(n)*scale
			c.ticks = append(c.ticks, flowTick{value: b.Format(max(n, -n)), y: px(y), textY: px(y + 4)})
		}
	}
	return c
}
