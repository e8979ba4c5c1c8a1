package ui

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"
)

func galleryCards(ctx context.Context, now time.Time) []Card {
	late, soon := now.AddDate(0, 0, -2), now.AddDate(0, 0, 1)
	dana := &Person{ID: "1", Name: "Dana Whitfield"}
	return []Card{
		{Key: "WEB-214", Title: T(ctx, "Quote form loses the country when the VAT check fails"), URL: "#", Status: State{"review", KindText(ctx, "review"), "review"}, Priority: "high",
			Assignee: dana, Labels: []Label{{"bug", "brick"}}, Due: &soon, Comments: 6, Files: 1, StatusURL: "#", Statuses: Statuses(ctx),
			StatusAttrs: templ.Attributes{"hx-post": "#", "hx-swap": "none"}},
		{Key: "WEB-216", Title: T(ctx, "Configurator: payload and reach change the price at once"), URL: "#", Status: State{"progress", KindText(ctx, "progress"), "progress"}, Priority: "urgent",
			Assignee: &Person{ID: "2", Name: "Mira Okafor"}, Labels: []Label{{"launch", "plum"}}, Due: &late, Tasks: 7, TasksDone: 4, StatusURL: "#", Statuses: Statuses(ctx)},
		{Key: "WEB-204", Title: T(ctx, "Retire the 2023 distributor portal"), URL: "#", Status: State{"todo", KindText(ctx, "todo"), "todo"}, Priority: "none"},
	}
}

// galleryFlow and its like are made up, but always the same, so that two pictures of the page can be compared.
func galleryFlow(now time.Time) []FlowDay {
	opened := []int{4, 6, 3, 5, 7, 1, 0, 6, 5, 8, 4, 6, 2, 1, 5, 7, 9, 6, 4, 1, 0, 5, 6, 4, 7, 3, 1, 0, 6, 5}
	closed := []int{3, 4, 5, 2, 6, 0, 1, 5, 7, 4, 6, 5, 1, 0, 6, 5, 6, 9, 7, 2, 0, 4, 8, 5, 6, 6, 0, 1, 7, 4}
	days := make([]FlowDay, len(opened))
	for i := range days {
		days[i] = FlowDay{now.AddDate(0, 0, i-len(opened)+1), opened[i], closed[i]}
	}
	return days
}

func galleryBurn(now time.Time) []BurnPoint {
	points := make([]BurnPoint, 31)
	for i := range points {
		points[i] = BurnPoint{now.AddDate(0, 0, i-30), 48 + i*i/40, 6 + i + i*i/60}
	}
	return points
}

func galleryBars() []Bar {
	bars := make([]Bar, 24)
	for i := range bars {
		bars[i] = Bar{Value: int64(20 + i*7%31), Strong: i == 23}
		if i == 8 || i == 9 {
			bars[i].Bad = 12
		}
		if i%6 == 0 {
			bars[i].Label = strconv.Itoa(i) + ":00"
		}
	}
	return bars
}
